/** The panel: a dialog, full screen and modal on small screens, docked in a corner on others. */
import { h, render } from "preact";
import { sectionIds, show as showSection } from "./addresses";
import type { App } from "./app";
import { Conversation } from "./conversation";
import style from "./panel.css";
import type { Handoff, Lent } from "./handoff/handoff";
import { CALL, KEY, storage } from "./storage";
import type { Panel, Place } from "./types";
import { foot } from "./view/foot";
import { header } from "./view/header";
import { log } from "./view/log";
import * as words from "./words/en";

/** The file with the form, the summary and the rest that is needed seldom. */
declare const HANDOFF: string;

/** Where quick exit leads unless data-exit says otherwise: a plain public page. */
const ELSEWHERE = "https://www.weather.gov/";

const matches = (query: string) => matchMedia(query).matches;

function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

export function mount({ root, button, server, data }: Place): Panel {
  root.adoptedStyleSheets.push(styleSheet(style));
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "name");
  const part = (className: string) => Object.assign(document.createElement("div"), { className });
  const frame = part("frame");
  const announcer = part("unseen");
  const paper = part("paper");
  announcer.setAttribute("aria-live", "polite");
  dialog.append(frame, announcer);
  button.parentElement!.append(dialog, paper);

  const small = matchMedia("(max-width: 600px), (max-height: 460px)");
  const $ = (selector: string) => dialog.querySelector<HTMLElement>(selector);
  let silence = 0;
  let tick = 0;
  let announced: unknown;
  let newest: unknown;

  /** Has the screen reader say something once, when it is done with what it is saying. */
  function announce(text: string): void {
    announcer.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => announce(""), 9000);
  }

  /** On a phone the keyboard would cover what is to be read. */
  const focus = () => ((!matches("(pointer: coarse)") && $("#field")) || $("#name"))!.focus();

  const conversation = new Conversation(server, {
    changed: draw,
    heard: (replies) => announce(replies.map(({ text }) => `${words.assistant}: ${text}`).join("\n")),
    refused(text, why) {
      app.draft ||= text;
      done(why);
    },
  });

  let handoff: Handoff | undefined;
  let tries = 0;
  // A module that failed to load is remembered by its address: another try needs another address.
  const load = async () => (handoff ??= (await import(new URL(`${HANDOFF}&${tries++}`, import.meta.url).href)).mount({ app, h, root, paper } satisfies Lent) as Handoff);

  const app: App = {
    menu: false,
    page: null,
    asking: null,
    said: "",
    draft: "",
    conversation,
    data,
    anchors: sectionIds(data.sections),
    ratings: new Map(),
    set(change) {
      Object.assign(app, { menu: false, said: "" }, change);
      draw();
      if (app.menu) {
        // Copying has to follow the tap at once.
        load().catch(() => {});
        $("#menu button")!.focus();
      }
      else if (change.asking) $("#no")!.focus();
      else if ("menu" in change) $("#more")!.focus();
      else if ("asking" in change || change.page === null) focus();
    },
    troubleWords() {
      const { failure, until } = conversation.trouble!;
      return failure === "busy" ? `${words.busy}${Math.ceil(Math.max(1000, until - Date.now()) / 1000)} s.` : failure === "offline" ? words.offline : words.gone;
    },
    say(text) {
      if (!text.trim()) return;
      conversation.say(text.trim());
      app.set({ draft: "" });
      // A tapped topic is gone now; the focus must not go with it.
      if (!root.activeElement || root.activeElement === dialog) (matches("(pointer: coarse)") ? $(".log") : $("#field"))!.focus();
    },
    async rate(reply, helpful, comment) {
      const rating = { helpful, commented: Boolean(comment), said: words.done };
      app.ratings.set(reply, rating);
      await conversation.rate(reply, helpful, comment).catch(() => (rating.said = words.failed));
      draw();
      announce(rating.said);
    },
    async confirm() {
      const anew = app.asking === "anew";
      app.set({ asking: null });
      if (anew) app.anew();
      else {
        await conversation.remove().catch(() => done(words.failed));
        draw();
      }
    },
    anew() {
      conversation.anew();
      focus();
    },
    async more(what, topic) {
      if (app.menu) app.set({ menu: false });
      try {
        (handoff ?? (await load()))[what](topic);
      } catch {
        done(words.failed);
      }
    },
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        done(words.done);
      } catch {
        done(words.failed);
      }
    },
    done,
    leave() {
      conversation.forget();
      app.close();
      // The page behind must not be seen while the other one loads.
      frame.remove();
      dialog.showModal();
      location.replace(data.exit ?? ELSEWHERE);
    },
    close() {
      storage("sessionStorage")?.removeItem(KEY);
      app.set({});
      dialog.close();
      button.hidden = false;
      button.focus();
    },
    visit(section) {
      if (small.matches) app.close();
      showSection(section);
    },
  };

  function done(said: string): void {
    app.set({ said });
    announce(said);
  }

  function draw(): void {
    render([header(app), app.page ? app.page() : [log(app), foot(app)]], frame);
    // What stands in the way is announced once, not with every second that passes.
    const { trouble, slow, ended } = conversation;
    const stands = slow || ended || trouble?.failure;
    if (stands !== announced && (announced = stands)) announce(slow ? words.slow : ended ? words.ended : app.troubleWords());
    clearTimeout(tick);
    if (trouble?.failure === "busy") tick = setTimeout(draw, 1000);
    toNewest();
  }

  /** Scrolls to what is new: the start of the newest turn, or the end where all of it fits. */
  function toNewest(): void {
    const list = $(".log");
    if (!list) return void (newest = "");
    const mine = [...list.querySelectorAll<HTMLElement>(".mine")].pop();
    const now = `${list.scrollHeight} ${mine?.dataset.message}`;
    if (now === newest) return;
    newest = now;
    if (mine) list.scrollTop = mine.offsetTop - list.offsetTop - 12;
  }

  /** Fits a full-screen panel to what the on-screen keyboard leaves. */
  function fit(): void {
    const view = visualViewport!;
    const whole = !small.matches || view.scale > 1;
    dialog.style.height = whole ? "" : `${view.height}px`;
    dialog.style.top = whole ? "" : `${view.offsetTop}px`;
  }
  visualViewport!.onresize = visualViewport!.onscroll = fit;

  function show(): void {
    fit();
    if (small.matches) dialog.showModal();
    else dialog.show();
  }
  small.onchange = () => {
    if (!dialog.open) return;
    dialog.close();
    show();
  };

  function escape(event: Event): void {
    event.preventDefault();
    if (app.menu) app.set({ menu: false });
    else if (app.asking) app.set({ asking: null });
    else if (app.page) app.set({ page: null });
    else app.close();
  }
  dialog.oncancel = escape;
  // The page's own shortcuts must not take what is typed here.
  dialog.onkeyup = dialog.onkeypress = (event) => event.stopPropagation();
  dialog.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") escape(event);
  };

  if (storage("localStorage")?.getItem(CALL)) void load().catch(() => {});

  return {
    open(quietly) {
      storage("sessionStorage")?.setItem(KEY, "open");
      draw();
      const before = document.activeElement as HTMLElement;
      if (!dialog.open) show();
      button.hidden = true;
      if (quietly) {
        (root.activeElement as HTMLElement | null)?.blur();
        before.focus();
      } else focus();
      newest = "";
      void conversation.run();
    },
  };
}
