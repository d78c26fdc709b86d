/** What the views draw from and what they can do: the conversation, the interface's own state, and its actions. */
import type { ComponentChild } from "preact";
import type { Conversation } from "./conversation";
import type { Handoff } from "./handoff/handoff";

export interface State {
  menu: boolean;
  /** The question that waits for a yes. */
  asking: "anew" | "remove" | null;
  /** A word about what was just done. */
  said: string;
  draft: string;
  /** What stands in the place of the conversation, or null. */
  page: (() => ComponentChild) | null;
}

export interface Rating {
  helpful: boolean;
  /** What came of it, in words. */
  said: string;
  commented: boolean;
}

export interface App extends State {
  conversation: Conversation;
  data: DOMStringMap;
  /** The page's own ids for the anchors of sections. */
  anchors: Record<string, string>;
  ratings: Map<string, Rating>;
  set(change: Partial<State>): void;
  /** What stands in the way, in words. */
  troubleWords(): string;
  say(text: string): void;
  rate(reply: string, helpful: boolean, comment?: string): void;
  /** Does what was asked about. */
  confirm(): void;
  anew(): void;
  /** Fetches what is needed seldom, and does one of its things. */
  more(what: keyof Handoff, topic?: string): void;
  copy(text: string): void;
  /** Says a word about what was just done, to eye and ear. */
  done(said: string): void;
  leave(): void;
  close(): void;
  /** Shows a section of the page. */
  visit(section: HTMLElement): void;
}
