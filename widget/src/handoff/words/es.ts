/** Words of the form for a call back, of the summary and of the paper, in Spanish. */

export const language = "es";
export const title = "Pedir una llamada";
export const notUrgent = "Esto no es para emergencias: la llamada puede tardar un día. Si necesita ayuda ahora, llame al";
export const or = " o al ";
export const name = "Nombre";
export const phone = "Número de teléfono";
export const phoneHint = "Un número de EE. UU. con código de área. Puede tener extensión, como ‘ext. 12’.";
export const bestTime = "Mejor hora para llamar";
export const times = [
  ["any", "A cualquier hora"],
  ["morning", "Por la mañana"],
  ["afternoon", "Por la tarde"],
  ["evening", "Al anochecer"],
];
export const leaveMessage = "Pueden dejar un mensaje allí";
export const topic = "¿De qué se trata? (opcional)";
export const topicHint = "Solo lo puede leer el personal de la clínica.";
export const consent = `${CLINIC.name} puede guardar esto, cifrado, y llamarme por este asunto. Si borro esta conversación, se retira.`;
export const submit = "Enviar a la clínica";
export const back = "Volver al chat";
export const nameMissing = "Díganos un nombre, para saber por quién preguntar.";
export const phoneMissing = "Escriba el número al que podemos llamar.";
export const consentMissing = "Marque la casilla, para que podamos guardar esto y llamarle.";
export const sending = "Enviando …";
export const onItsWay = "Su solicitud está en camino";
export const waiting = "Su solicitud aún no se ha enviado. Se guarda en este dispositivo y se envía cuando vuelva la conexión.";
export const again = "Intentar ahora";
export const change = "Cambiarla";
export const kept = "La clínica tiene su solicitud.";
export const keptMore = (phone: string) => `Alguien le llamará al ${phone}.`;
export const ratherNow = "También puede llamar:";
export const mend = "Su solicitud aún no se ha enviado: falta algo en el formulario. Está en ‘Pedir una llamada’.";

export const summary = "Para llevar";
export const summaryNote = `Del asistente automático de ${CLINIC.name}. No es un diagnóstico ni un consejo médico. Las respuestas están en inglés.`;
export const asked = "Lo que pregunté, y lo que dice la página";
export const nothing = "Nada todavía: primero pregunte algo en el chat.";
export const toAsk = "Preguntas para la clínica";
export const always = ["¿Qué riesgos y efectos secundarios hay en mi caso?", "¿Qué pasa con mis medicinas y mis otras enfermedades?", "¿Cuánto cuesta, y qué paga mi seguro?"];
export const help = (phone: string, lifeline: string, emergency: string) => `La clínica: ${phone}. En una crisis, llame al ${lifeline} o envíe un texto. En una emergencia, llame al ${emergency}.`;
export const copy = "Copiar";
export const print = "Imprimir";

export const you = "Usted";
export const assistant = "Asistente automático";
export const printed = `Conversación con el asistente automático de ${CLINIC.name}`;
