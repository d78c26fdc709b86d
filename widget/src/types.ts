/** What the launcher hands to the panel. */
export interface Place {
  root: ShadowRoot;
  /** The launcher's button: focus returns to it. */
  button: HTMLButtonElement;
  /** Address that the Chat API's paths are relative to. */
  server: string;
  /** The script's data attributes. */
  data: DOMStringMap;
}

export interface Panel {
  /** Shows the panel; `quietly` leaves the focus where it is. */
  open(quietly?: boolean): void;
}

/** The objects of the Chat API: see docs/chat-api.md. */
export interface Link {
  label: string;
  href: string;
}

export interface Choice {
  label: string;
  text: string;
}

export interface Reply {
  id: string;
  kind: string;
  text: string;
  source: { section: string; url: string } | null;
  links: Link[];
  choices: Choice[];
}

export interface Message {
  id: string;
  text: string;
}

/** A message and its replies. `text` is null where the assistant spoke first; with no replies either, a new conversation begins. */
export interface Turn {
  id: string | null;
  text: string | null;
  replies: Reply[];
}

/** What the door could not take in a form: the field, and why, in words. */
export interface Mistake {
  field: string;
  detail: string;
}
