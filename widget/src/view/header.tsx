import { h } from "preact";
import type { App } from "../app";
import * as words from "../words/en";
import { CLOSE, DOTS, EXIT, icon, PHONE } from "./icon";

/** The clinic's name, the call button, the way out, the menu, and the crisis line: always in view. */
export const header = (app: App) => (
  <header>
    <div class="bar">
      <div class="title">
        <h2 id="name" tabIndex={-1}>
          {CLINIC.name}
        </h2>
        <p>{words.assistant}</p>
      </div>
      <a class="call pill" href={CLINIC.href}>
        {icon(PHONE)}
        {words.call}
      </a>
      <button class="exit pill" onClick={app.leave}>
        {icon(EXIT)}
        <span>{words.leave}</span>
      </button>
      <button class="round" id="more" aria-label={words.menu} aria-expanded={app.menu} onClick={() => app.set({ menu: !app.menu })}>
        {icon(DOTS)}
      </button>
      <button class="round" aria-label={words.close} onClick={app.close}>
        {icon(CLOSE)}
      </button>
    </div>
    <div id="menu" hidden={!app.menu}>
      <button onClick={() => app.more("form")}>{words.callMe}</button>
      <button onClick={() => app.more("summary")}>{words.summary}</button>
      <button onClick={() => app.more("copy")}>{words.copy}</button>
      <button onClick={() => app.more("print")}>{words.print}</button>
      <button onClick={() => app.set({ asking: "anew" })}>{words.anew}</button>
      <button onClick={() => app.set({ asking: "remove" })}>{words.remove}</button>
    </div>
    <p class="crisis">
      <b>{words.crisis}</b>
      {words.crisisLinks.map(([label, href]) => (
        <a href={href}>{label}</a>
      ))}
    </p>
  </header>
);
