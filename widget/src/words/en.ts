/** The interface's own words in English. What the assistant says comes from the door. */

export const assistant = "Automated assistant";
export const you = "You";
export const call = `Call ${CLINIC.phone}`;
export const leave = "Quick exit";
export const menu = "Menu";
export const close = "Close chat";
export const crisis = "In crisis?";
export const crisisLinks = [
  [`Call ${CLINIC.lifeline}`, `tel:${CLINIC.lifeline}`],
  [`Text ${CLINIC.lifeline}`, `sms:${CLINIC.lifeline}`],
  [`Call ${CLINIC.emergency}`, `tel:${CLINIC.emergency}`],
];
/** Said above the rest while the door cannot say it; always where the door does not speak the visitor's language. */
export const disclosure = "This is an automated program, not a person or a clinician. It can’t give advice. Please leave out personal details.";
export const always = false;
export const log = "Conversation";
export const field = "Ask a question";
export const send = "Send";
export const slow = `Still looking. You can also call ${CLINIC.phone}.`;
export const from = "From the section";
export const helpful = "Helpful";
export const notHelpful = "Not helpful";
export const done = "Done, thank you.";
export const comment = "Anything more? Optional; please no personal details.";
export const failed = `That did not work. Please try again, or call ${CLINIC.phone}.`;
export const waiting = "Not sent yet";
export const offline = "You are offline. What you write is kept and sent when you are back.";
export const gone = "The chat can’t be reached. What you write is kept and sent when it is back.";
export const numbers = `You can call now: `;
export const busy = "A lot at once. It goes on by itself in ";
export const retry = "Try again";
export const renewed = "The earlier chat has timed out. A new one starts here.";
export const callMe = "Ask for a call back";
export const summary = "Summary to take along";
export const copyNumber = "Copy";
export const copy = "Copy conversation";
export const print = "Print conversation";
export const anew = "New conversation";
export const anewAsk = "Start a new conversation? The clinic keeps this one.";
export const remove = "Delete conversation";
export const removeAsk = "Delete this conversation, here and at the clinic? A call back that you asked for is withdrawn too. This can’t be undone.";
export const yes = "Yes";
export const no = "No";
export const ended = "This conversation has ended and is gone from here.";
