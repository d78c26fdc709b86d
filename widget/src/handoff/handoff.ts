/** What the panel lends to the part that is fetched when it is first wanted, and what that part can do. */
import type { h } from "preact";
import type { App } from "../app";

export interface Lent {
  app: App;
  h: typeof h;
  root: ShadowRoot;
  /** Shown in print alone. */
  paper: HTMLElement;
}

export interface Handoff {
  /** Shows the form for a call back, about a topic. */
  form(topic?: string): void;
  /** Shows the summary to take along. */
  summary(): void;
  /** Copies the conversation. */
  copy(): void;
  /** Prints the conversation. */
  print(): void;
}
