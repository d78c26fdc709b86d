/** Which addresses a reply may lead to, and where on the clinic's page a section is. */

/** May a reply lead there? Only to a call, a text message, or https. */
export const allowed = (href: string) => /^(tel:|sms:|https:\/\/)/i.test(href);

/** Reads data-sections, such as "what-is-it=about brain=science": the page's own ids for the sections' anchors. */
export const sectionIds = (list = ""): Record<string, string> => Object.fromEntries(list.split(/[\s,]+/).map((pair) => pair.split("=")));

/** Where a source leads: an element of this page, an address elsewhere, or nowhere. */
export function place(url: string, ids: Record<string, string>): HTMLElement | string | null {
  const { hash, href } = new URL(url, location.href);
  const anchor = hash.slice(1);
  const here = document.getElementById(ids[anchor] ?? anchor);
  return here ?? (href.split("#")[0] !== location.href.split("#")[0] && allowed(href) ? href : null);
}

/** Scrolls the page to an element and puts the focus there. */
export function show(element: HTMLElement): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  if (element.tabIndex < 0) {
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus({ preventScroll: true });
}
