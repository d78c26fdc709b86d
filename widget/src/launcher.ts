/**
 * The script that the clinic's page loads: shows the launcher, and fetches the panel when it is first wanted.
 *
 * If the panel cannot be fetched, the launcher shows the numbers itself.
 */
import style from "./launcher.css";
import { CALL, KEY, storage } from "./storage";
import type { Panel, Place } from "./types";

/** The panel's file in English and in Spanish. */
declare const PANELS: [string, string];

const script = document.currentScript as HTMLScriptElement;
const { dataset: data, src } = script;
const page = document.documentElement;
const spanish = /^es/i.test(data.language || page.lang || navigator.language);
const [ask, goOn, gone, crisis, again] = spanish
  ? ["¿Preguntas? Escríbanos", "Seguir el chat", "El chat no se abre ahora. Llame a la clínica: ", ". En una crisis: ", ". Toque el botón para intentarlo otra vez."]
  : ["Questions? Chat with us", "Continue chat", "The chat can’t open right now. Call the clinic: ", ". In a crisis: ", ". Tap the button to try again."];

const accent = /^#[\da-f]{6}$/i.test(data.color!) ? data.color! : "#0f5c5e";
// Relative luminance as WCAG 2 defines it (in its simple form): white reads better on what is darker than 0.18.
const light = [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => sum + weight * (parseInt(accent.slice(2 * i + 1, 2 * i + 3), 16) / 255) ** 2.2, 0);

const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, values: object) => Object.assign(document.createElement(name), values);

const host = make("div", { lang: spanish ? "es" : "en" });
host.style.setProperty("--accent", accent, "important");
host.style.setProperty("--ink", light < 0.18 ? "#fff" : "#000", "important");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
root.adoptedStyleSheets = [sheet];
const button = make("button", { className: "launcher", ariaHasPopup: "dialog", textContent: storage("localStorage")?.getItem(KEY) ? goOn : ask });
const tell = make("p", { className: "gone", role: "alert" });
const box = make("section", { ariaLabel: CLINIC.name, className: data.position });
box.append(button);
root.append(box);

const place: Place = { root, button, data, server: new URL(data.server || ".", src).href };
let tries = 0;
let panel: Promise<Panel> | undefined;

// A module that failed to load is remembered by its address: another try needs another address.
const load = () => (panel ??= import(new URL(`${PANELS[+spanish]}&${tries}`, src).href).then((module) => module.mount(place)));

async function open(quietly?: boolean): Promise<void> {
  button.ariaBusy = "true";
  tell.remove();
  try {
    (await load()).open(quietly);
    button.textContent = goOn;
  } catch {
    panel = undefined;
    tries++;
    const call = (textContent: string, href = `tel:${textContent}`) => make("a", { href, textContent });
    tell.replaceChildren(gone, call(CLINIC.phone, CLINIC.href), crisis, call(CLINIC.lifeline), ", ", call(CLINIC.emergency), again);
    box.append(tell);
  }
  button.ariaBusy = "false";
}

button.onclick = () => open();
button.onpointerenter = button.onfocus = () => load().catch(() => {});

function show(): void {
  page.append(host);
  // The plain line keeps its room, so that nothing moves.
  for (const line of document.querySelectorAll<HTMLElement>("[data-clinic-chat]")) line.style.setProperty("visibility", "hidden", "important");
  if (storage("sessionStorage")?.getItem(KEY) && innerWidth > 600) void open(true);
  // A request to be called that has not arrived yet goes on its way.
  else if (storage("localStorage")?.getItem(CALL)) load().catch(() => {});
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", show);
else show();
