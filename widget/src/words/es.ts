/** The interface's own words in Spanish. The build puts them in the place of words/en.ts for the Spanish panel. */

export const assistant = "Asistente automático";
export const you = "Usted";
export const call = `Llame ${CLINIC.phone}`;
export const leave = "Salida rápida";
export const menu = "Menú";
export const close = "Cerrar el chat";
export const crisis = "¿En crisis?";
export const crisisLinks = [
  [`Llame ${CLINIC.lifeline}`, `tel:${CLINIC.lifeline}`],
  [`Texto ${CLINIC.lifeline}`, `sms:${CLINIC.lifeline}?&body=AYUDA`],
  [`Llame ${CLINIC.emergency}`, `tel:${CLINIC.emergency}`],
];
export const disclosure = "Este es un programa automático, no una persona ni un profesional de la salud. Responde en inglés y no da consejos. Por favor, no escriba datos personales.";
export const always = true;
export const log = "Conversación";
export const field = "Escriba una pregunta";
export const send = "Enviar";
export const slow = `Sigo buscando. También puede llamar al ${CLINIC.phone}.`;
export const from = "De la sección";
export const helpful = "Me sirvió";
export const notHelpful = "No me sirvió";
export const done = "Hecho, gracias.";
export const comment = "¿Algo más? Opcional; sin datos personales, por favor.";
export const failed = `No funcionó. Inténtelo de nuevo o llame al ${CLINIC.phone}.`;
export const waiting = "Aún sin enviar";
export const offline = "Sin conexión. Lo que escriba se guarda y se envía cuando vuelva.";
export const gone = "El chat no responde. Lo que escriba se guarda y se envía cuando vuelva.";
export const numbers = "Puede llamar ahora: ";
export const busy = "Hay mucho a la vez. Sigue por sí solo en ";
export const retry = "Volver a intentar";
export const renewed = "El chat anterior caducó. Aquí empieza uno nuevo.";
export const callMe = "Pedir una llamada";
export const summary = "Resumen para llevar";
export const copyNumber = "Copiar";
export const copy = "Copiar la conversación";
export const print = "Imprimir la conversación";
export const anew = "Nueva conversación";
export const anewAsk = "¿Empezar una conversación nueva? La clínica conserva esta.";
export const remove = "Borrar la conversación";
export const removeAsk = "¿Borrar esta conversación aquí y en la clínica? Si pidió una llamada, también se retira. No se puede deshacer.";
export const yes = "Sí";
export const no = "No";
export const ended = "Esta conversación terminó y ya no está aquí.";
