/** Key of everything that the widget keeps in the browser. */
export const KEY = "clinic-chat";
/** Where a request to be called is kept until the clinic has it. */
export const CALL = `${KEY}-call`;

/** The browser's storage, or undefined where it is switched off. */
export function storage(name: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return self[name];
  } catch {
    return undefined;
  }
}
