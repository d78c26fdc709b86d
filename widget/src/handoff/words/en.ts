/** Words of the form for a call back, of the summary and of the paper, in English. */

export const language = "en";
export const title = "Ask for a call back";
export const notUrgent = "This is not for emergencies: a call back can take a day. If you need help now, call";
export const or = " or ";
export const name = "First name";
export const phone = "Phone number";
export const phoneHint = "A US number with area code. An extension is fine, as in ‘ext. 12’.";
export const bestTime = "Best time to call";
export const times = [
  ["any", "Any time"],
  ["morning", "Morning"],
  ["afternoon", "Afternoon"],
  ["evening", "Evening"],
];
export const leaveMessage = "You may leave a message there";
export const topic = "What is it about? (optional)";
export const topicHint = "Only the clinic’s staff can read this.";
export const consent = `${CLINIC.name} may keep this, encrypted, and call me about it. Deleting this conversation takes it back.`;
export const submit = "Send to the clinic";
export const back = "Back to the chat";
export const nameMissing = "Please tell us a first name, so that we know whom to ask for.";
export const phoneMissing = "Please enter the number that we can call.";
export const consentMissing = "Please tick the box, so that we may keep this and call you.";
export const sending = "Sending …";
export const onItsWay = "Your request is on its way";
export const waiting = "Your request is not sent yet. It is kept on this device and goes out when the connection is back.";
export const again = "Try again now";
export const change = "Change it";
export const kept = "The clinic has your request.";
export const keptMore = (phone: string) => `Someone will call you at ${phone}.`;
export const ratherNow = "You can also call:";
export const mend = "Your request is not sent yet: something in the form is missing. It is under ‘Ask for a call back’.";

export const summary = "To take along";
export const summaryNote = `From the automated assistant of ${CLINIC.name}. This is no diagnosis and no medical advice.`;
export const asked = "What I asked, and what the page says";
export const nothing = "Nothing yet: ask the chat something first.";
export const toAsk = "Questions to ask the clinic";
export const always = ["What are the risks and side effects, for me?", "What about my medicines and my other conditions?", "What does it cost, and what does my insurance pay?"];
export const help = (phone: string, lifeline: string, emergency: string) => `The clinic: ${phone}. In a crisis, call or text ${lifeline}. In an emergency, call ${emergency}.`;
export const copy = "Copy";
export const print = "Print";

export const you = "You";
export const assistant = "Automated assistant";
export const printed = `Conversation with the automated assistant of ${CLINIC.name}`;
