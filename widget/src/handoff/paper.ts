/** Prints a text or a copy of an element, and nothing else of the page. */
export const paperOf =
  (paper: HTMLElement) =>
  (what: string | Node): void => {
    paper.replaceChildren(typeof what === "string" ? what : what.cloneNode(true));
    const hidden = new CSSStyleSheet();
    hidden.replaceSync("@media print{body{display:none!important}}");
    document.adoptedStyleSheets.push(hidden);
    addEventListener(
      "afterprint",
      () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== hidden);
        paper.textContent = "";
      },
      { once: true },
    );
    print();
  };
