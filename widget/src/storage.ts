/** Key of everything that the widget keeps in the browser. */
export const KEY = "clinic-chat";

/** The browser's storage, or undefined where it is switched off. */
export function storage(name: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return self[name];
  } catch {
    return undefined;
  }
}
