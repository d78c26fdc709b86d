/**
 * One conversation as this tab knows it: what was said, what waits to be sent, and what stands in the way.
 *
 * A message goes into the outbox (kept.ts) with its id before anything else, and leaves it only when it is answered; so
 * a reload, a second tab or a lost network can repeat a request, never a message.
 */
import { ask, DoorError, type Failure } from "./door";
import { newId } from "./id";
import * as kept from "./kept";
import { KEY } from "./storage";
import type { Message, Reply, Turn } from "./types";

/** Milliseconds without an answer after which the widget says a word. */
const SLOW = 5000;

export interface Listener {
  /** Called after every change, to draw. */
  changed(): void;
  /** Called with replies that are new to the visitor, to announce. */
  heard(replies: Reply[]): void;
  /** Called with a message that the door will not take, and why. */
  refused(text: string, why: string): void;
}

export class Conversation {
  turns: Turn[] = [];
  ready = false;
  /** The visitor deleted the conversation, here or in another tab. */
  ended = false;
  slow = false;
  /** Why nothing can be sent now, and when the next try starts by itself, in milliseconds since 1970. */
  trouble: { failure: Failure; until: number } | null = null;

  readonly #server: string;
  readonly #listener: Listener;
  #token: string | null = null;
  #answered = 0;
  #stale = true;
  #running = false;
  #again = false;
  #failures = 0;
  #timer = 0;
  #known = new Set<string>();

  /** @param server address that the API's paths are relative to */
  constructor(server: string, listener: Listener) {
    this.#server = server;
    this.#listener = listener;
    addEventListener("storage", ({ key }) => {
      if (key === KEY || key === null) this.#otherTab();
    });
    addEventListener("online", () => this.retry());
  }

  /** Messages that wait for their answer, oldest first. */
  get waiting(): Message[] {
    return kept.read().outbox;
  }

  /** Is an answer being waited for right now? */
  get busy(): boolean {
    return !this.trouble && !this.ended && (!this.ready || this.waiting.length > 0);
  }

  /** Fetches or starts the conversation, and sends what waits. */
  async run(): Promise<void> {
    this.#again = true;
    this.#listener.changed();
    if (this.#running || (this.trouble?.failure === "busy" && Date.now() < this.trouble.until)) return;
    this.#running = true;
    clearTimeout(this.#timer);
    this.trouble = null;
    try {
      while (this.#again) {
        this.#again = false;
        this.#listener.changed();
        await kept.oneTabAtATime(() => this.#pass());
      }
      this.#failures = 0;
    } catch (error) {
      const { failure, wait } = error instanceof DoorError ? error : new DoorError("gone");
      const left = failure === "left";
      const pause = left ? 0 : (wait || Math.min(3 * 2 ** this.#failures++, 60)) * 1000;
      if (!left) this.trouble = { failure, until: Date.now() + pause };
      this.#timer = setTimeout(() => void this.run(), pause + 50);
    }
    this.#running = false;
    this.#listener.changed();
  }

  /** Tries again now, unless the door asked for patience. */
  retry(): void {
    if (this.trouble) void this.run();
  }

  say(text: string): void {
    kept.write({ outbox: [...this.waiting, { id: newId(), text }] });
    void this.run();
  }

  /** Tells the clinic whether a reply helped. Throws DoorError. */
  async rate(reply: string, helpful: boolean, comment?: string): Promise<void> {
    this.#said(await this.#ask("feedback", { reply, helpful, comment }));
  }

  /**
   * Asks the clinic to call; gives whether the request is kept there. A card that its words need is shown in any case.
   * Throws DoorError.
   */
  async callBack(request: object): Promise<boolean> {
    try {
      const answer = await this.#post<{ kept: boolean; replies: Reply[] }>("callbacks", request);
      this.#said(answer);
      return answer.kept;
    } catch (error) {
      this.#said((error as DoorError).more);
      throw error;
    }
  }

  /** Starts anew; what was said, and a request to be called, stays with the clinic. */
  anew(): void {
    this.forget(true);
    this.ended = false;
    void this.run();
  }

  /** Deletes the conversation at the door and here. Throws DoorError. */
  async remove(): Promise<void> {
    await kept.oneTabAtATime(async () => {
      try {
        if (kept.read().token) await this.#ask("session", undefined, "DELETE");
      } catch (error) {
        if ((error as DoorError).failure !== "over") throw error;
      }
      this.forget();
    });
  }

  /** Leaves no trace of the conversation in this browser; `goOn` leaves a request to be called that is still to be sent. */
  forget(goOn?: boolean): void {
    kept.forget(goOn);
    this.#empty();
    this.ended = true;
  }

  #empty(): void {
    clearTimeout(this.#timer);
    this.turns = [];
    this.#token = this.trouble = null;
    this.ready = false;
    this.#stale = true;
  }

  #otherTab(): void {
    const { token, answered } = kept.read();
    if (token !== this.#token) {
      this.#empty();
      this.ended = !token;
    }
    this.#stale ||= answered !== this.#answered;
    void this.run();
  }

  async #pass(): Promise<void> {
    if (this.ended) return;
    const { token, answered } = kept.read();
    this.#token = token;
    if (!token) await this.#start();
    else if (this.#stale) await this.#restore(answered).catch((error) => this.#renew(error));
    this.ready = true;
    for (let next; (next = this.waiting[0]); ) await this.#send(next);
  }

  async #restore(answered: number): Promise<void> {
    const { messages } = await this.#ask<{ messages: Turn[] }>("messages");
    this.turns = messages;
    this.#answered = answered;
    this.#stale = false;
    this.#tell(
      messages.flatMap(({ replies }) => replies),
      !this.ready,
    );
  }

  async #send({ id, text }: Message): Promise<void> {
    try {
      const { replies } = await this.#post<{ replies: Reply[] }>("messages", { id, text });
      if (!replies.length) throw new DoorError("gone");
      this.#add({ id, text, replies });
    } catch (error) {
      if ((error as DoorError).failure !== "refused") throw error;
      this.#listener.refused(text, (error as DoorError).words);
    }
    kept.write({ outbox: this.waiting.filter((other) => other.id !== id), answered: ++this.#answered });
    this.#failures = 0;
    this.#listener.changed();
  }

  async #start(): Promise<void> {
    this.#token = null;
    const { token, replies } = await this.#ask<{ token: string; replies: Reply[] }>("sessions", {});
    this.#token = token;
    this.#answered = 0;
    this.#stale = false;
    kept.write({ token, answered: 0 });
    if (!this.turns.some((turn) => turn.replies.length)) this.#add({ id: null, text: null, replies });
  }

  /** Posts to this conversation, or to a new one when it timed out. */
  async #post<Answer>(path: string, body: object): Promise<Answer> {
    const post = () => this.#ask<Answer>(path, body);
    return post().catch((error) => this.#renew(error).then(post));
  }

  /** When the conversation timed out: starts another one; what was said stays in view. */
  async #renew(error: DoorError): Promise<void> {
    if (error.failure !== "over") throw error;
    this.turns.push({ id: null, text: null, replies: [] });
    await this.#start();
  }

  /** Shows a card that came with an answer. */
  #said({ replies }: { replies?: Reply[] }): void {
    if (replies?.length) this.#add({ id: null, text: null, replies });
  }

  #add(turn: Turn): void {
    this.turns = [...this.turns.filter(({ id }) => !id || id !== turn.id), turn];
    this.#tell(turn.replies);
  }

  #tell(replies: Reply[], quietly?: boolean): void {
    const fresh = replies.filter(({ id }) => !this.#known.has(id));
    fresh.forEach(({ id }) => this.#known.add(id));
    if (fresh.length && !quietly) this.#listener.heard(fresh);
  }

  async #ask<Answer>(path: string, body?: object, method = body ? "POST" : "GET"): Promise<Answer> {
    const timer = setTimeout(() => {
      this.slow = true;
      this.#listener.changed();
    }, SLOW);
    const token = this.#token;
    try {
      const answer = await ask<Answer>(`${this.#server}chat/${path}`, method, token, body);
      if (token !== this.#token) throw new DoorError("left");
      return answer;
    } finally {
      clearTimeout(timer);
      this.slow = false;
    }
  }
}
