import { h } from "preact";
import { allowed, place } from "../addresses";
import type { App } from "../app";
import type { Link, Reply } from "../types";
import * as words from "../words/en";
import { feedback } from "./feedback";
import { icon, PHONE, SECTION } from "./icon";

/** A line of text; numbers that there is a call link for can be tapped. */
const line = (text: string, links: Link[]) => (
  // Replies are in English but for some in Spanish, which shows in its letters.
  <p lang={/[áéíóúñ¿¡]/i.test(text) ? "es" : "en"}>
    {text.split(/(\d[\d-]+\d(?!\w))/).map((part, i) => {
      const number = part.replace(/^1-|-/g, "");
      const href = links.find((link) => link.href.replace(/^tel:(\+1)?/, "") === number)?.href;
      return i % 2 ? h(href ? "a" : "span", { class: "whole", href }, part) : part;
    })}
  </p>
);

function source(app: App, { section, url }: NonNullable<Reply["source"]>) {
  const target = place(url, app.anchors);
  const said = `${words.from} “${section}”`;
  if (!target) return <p class="source">{said}</p>;
  const go = (event: Event) => {
    if (typeof target === "string") return;
    event.preventDefault();
    app.visit(target);
  };
  return (
    <p class="source">
      <a href={typeof target === "string" ? target : `#${target.id}`} onClick={go}>
        {icon(SECTION)}
        {said}
      </a>
    </p>
  );
}

export const isCard = ({ kind }: Reply) => /crisis|emergency/.test(kind);

/**
 * One reply: a bubble, or in a crisis or emergency a large card, with what to tap before the long text.
 * A call back is offered where only the clinic can help, about `topic`, unless that is undefined.
 */
export function replyView(app: App, reply: Reply, topic?: string) {
  const { id, kind, text, source: from, links: all } = reply;
  const links = (all ?? []).filter(({ href }) => allowed(href));
  const card = isCard(reply);
  const buttons = card || /not_on|pers|unav|fallb/.test(kind);
  const lines = text.split("\n").map((part) => line(part, buttons ? [] : links));
  return (
    <li key={id} class={card ? "card" : "bubble"} data-reply={id}>
      <span class="unseen">{words.assistant}: </span>
      {lines.splice(0, card ? 1 : 99)}
      {buttons && (
        <div class="links">
          {links.map(({ label, href }) => (
            <a class={/^https/.test(href) || href === CLINIC.href ? "pill quiet" : "pill"} href={href} rel="noreferrer">
              {/^tel/.test(href) && icon(PHONE)}
              {label}
            </a>
          ))}
          {!card && (
            <span class="number">
              {CLINIC.phone}
              <button class="pill" onClick={() => app.copy(CLINIC.phone)}>
                {words.copyNumber}
              </button>
            </span>
          )}
          {topic !== undefined && /not_on|pers/.test(kind) && (
            <button class="pill" onClick={() => app.more("form", topic)}>
              {words.callMe}
            </button>
          )}
        </div>
      )}
      {lines}
      {from && source(app, from)}
      {/answer|not_on|pers|clar|fallb/.test(kind) && feedback(app, id)}
    </li>
  );
}
