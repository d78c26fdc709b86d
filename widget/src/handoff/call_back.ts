/**
 * A request to be called, from the first letter typed until the clinic has it.
 *
 * Once sent it is kept in the browser, with its id, until the door says that it is kept there: a lost connection, a
 * reload or a second tab can repeat the sending, never the request.
 */
import type { App } from "../app";
import type { DoorError } from "../door";
import { newId } from "../id";
import { CALL, storage } from "../storage";
import type { Mistake } from "../types";
import * as words from "./words/en";

export interface Fields {
  name: string;
  phone: string;
  topic: string;
  best_time: string;
  leave_message: boolean;
  consent: boolean;
}

const EMPTY: Fields = { name: "", phone: "", topic: "", best_time: "any", leave_message: false, consent: false };
/** Fields in the order of the form, with what is said when one is empty. */
const NEEDED = [
  ["name", words.nameMissing],
  ["phone", words.phoneMissing],
  ["consent", words.consentMissing],
] as const;
/** Letters that a topic may have. */
export const TOPIC_LIMIT = 500;

type Request = Fields & { id: string; language: string };

export class CallBack {
  fields: Fields = { ...EMPTY };
  /** What is wrong with a field, by its name. */
  mistakes: Record<string, string> = {};
  /** editing, on its way, waiting for the connection, or with the clinic. */
  state: "editing" | "sending" | "waiting" | "kept" = "editing";

  readonly #app: App;
  readonly #page: App["page"];
  readonly #focus: (id: string) => void;
  readonly #shelf = storage("localStorage");
  #request: Request | null = null;
  /** Whether the request is in the browser's storage, and not in this tab alone. */
  #stored = false;
  #timer = 0;
  #failures = 0;

  /**
   * @param page shows this
   * @param focus puts the focus on an element of the page
   */
  constructor(app: App, page: App["page"], focus: (id: string) => void) {
    this.#app = app;
    this.#page = page;
    this.#focus = focus;
    addEventListener("online", () => void this.send());
    try {
      this.#request = JSON.parse(this.#shelf?.getItem(CALL) ?? "null");
    } catch {
      // What cannot be read was not kept by this.
    }
    if (this.#request) {
      this.fields = { ...EMPTY, ...this.#request };
      this.#stored = true;
      this.state = "waiting";
      void this.send();
    }
  }

  /** Fills in what it is about, unless the visitor has said so, and begins anew after a request that was sent. */
  about(topic: string): void {
    if (this.state === "kept") {
      this.state = "editing";
      this.fields = { ...EMPTY };
    }
    // Masks such as "[phone]" say nothing to a reader.
    if (this.state === "editing") this.fields.topic ||= topic.replace(/\s*\[[^\]]*]/g, "").slice(0, TOPIC_LIMIT);
    if (this.#app.conversation.ended) this.#app.conversation.anew();
  }

  /** The visitor sends the form. */
  submit(): void {
    const found = NEEDED.filter(([name]) => !this.fields[name] || !String(this.fields[name]).trim());
    if (found.length) return this.#mend(found.map(([field, detail]) => ({ field, detail })));
    this.mistakes = {};
    this.#request = { ...this.fields, id: newId(), language: words.language };
    this.#keep();
    this.#failures = 0;
    void this.send();
  }

  /** Takes back what has not arrived, to change it. */
  edit(): void {
    clearTimeout(this.#timer);
    this.#request = null;
    this.#keep();
    this.state = "editing";
    this.#app.set({ page: this.#page });
    this.#focus("page");
  }

  /** Sends what is to be sent; when that fails, again by itself. */
  async send(): Promise<void> {
    const request = this.#request;
    if (!request || this.state === "sending") return;
    const { conversation } = this.#app;
    const { turns } = conversation;
    clearTimeout(this.#timer);
    this.state = "sending";
    this.#draw();
    try {
      if (!conversation.ready) await conversation.run();
      if (this.#forgotten()) return;
      if (!conversation.ready || !(await conversation.callBack(request))) throw {};
      this.#done(turns !== conversation.turns);
    } catch (error) {
      if (this.#forgotten()) return;
      const { failure, words: why, wait, more } = error as Partial<DoorError>;
      if (failure === "refused") return this.#refused(more?.mistakes ?? [], why!, more?.replies?.length);
      this.state = "waiting";
      this.#timer = setTimeout(() => void this.send(), (wait || Math.min(3 * 2 ** this.#failures++, 60)) * 1000);
      if (this.#failures === 1) this.#app.done(words.waiting);
      else this.#draw();
    }
  }

  /** The visitor has left or deleted the conversation meanwhile: the request goes with it. */
  #forgotten(): boolean {
    const gone = this.#app.conversation.ended || (this.#stored && !this.#shelf!.getItem(CALL));
    if (gone) {
      this.#request = null;
      this.state = "editing";
      this.fields = { ...EMPTY };
    }
    return gone;
  }

  #done(said: boolean): void {
    const { turns } = this.#app.conversation;
    const card = said && turns[turns.length - 1]!.replies.some(({ kind }) => /crisis|emerg/.test(kind));
    this.#request = null;
    this.#keep();
    this.state = "kept";
    // A card is seen first.
    if (card && this.#open) this.#app.set({ page: null });
    this.#app.done(words.kept);
    this.#focus("page");
  }

  #refused(mistakes: Mistake[], why: string, card?: number): void {
    this.#request = null;
    this.#keep();
    this.state = "editing";
    if (card) {
      this.#app.set({ page: null });
      this.#app.done(words.mend);
    } else this.#mend(mistakes[0] ? mistakes : [{ field: "topic", detail: why }]);
  }

  /** Shows what is wrong at each field, and goes to the first. */
  #mend(mistakes: Mistake[]): void {
    this.mistakes = Object.fromEntries(mistakes.map(({ field, detail }) => [field, detail]));
    this.#app.set({ page: this.#page });
    this.#app.done(mistakes.map(({ detail }) => detail).join(" "));
    this.#focus(`call-${mistakes[0]!.field}`);
  }

  get #open(): boolean {
    return this.#app.page === this.#page;
  }

  #draw(): void {
    if (this.#open) this.#app.set({});
  }

  #keep(): void {
    try {
      this.#stored = false;
      this.#shelf?.removeItem(CALL);
      if (!this.#request || !this.#shelf) return;
      this.#shelf.setItem(CALL, JSON.stringify(this.#request));
      this.#stored = true;
    } catch {
      // The storage is full: this tab goes on from memory.
    }
  }
}
