// Builds widget.js (the launcher), widget-panel.js (the chat) and widget-handoff.js (what is needed seldom: the form for
// a call back, the summary, paper) from src/ and the clinic's name and numbers.
// Takes: optionally the folder to write to. The first line of each file says what it was built from, so that a test
// can hold the committed bundle to its source without Node.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { parse } from "yaml";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../web/chat/static/chat");
/** Names of our own properties that neither the browser, the Chat API nor another file of the bundle knows. */
const OURS = /^(changed|heard|refused|conversation|trouble|troubleWords|failure|until|asking|commented|waiting|turns|ended|ready|slow|busy|said|draft|ratings|anchors|confirm|anew|leave|visit|rate|say|retry|run|forget|page|more|callBack|submit|edit|about|fields|state)$/;
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

const { clinic_name, clinic_phone, emergency, lifeline } = parse(readFileSync(join(here, "../data/clinic.yml"), "utf8"));
const clinic = { name: clinic_name, phone: clinic_phone, href: `tel:+1${clinic_phone.replace(/\D/g, "")}`, emergency, lifeline };
const defined = Object.fromEntries(Object.entries(clinic).map(([name, value]) => [`CLINIC.${name}`, JSON.stringify(value)]));

/** Hash of every file that the bundle is made from: their paths and contents, in the order of the paths. */
function sourcesHash() {
  const inSrc = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1));
  const hash = createHash("sha256");
  for (const path of [...inSrc, "build.mjs", "package-lock.json", "tsconfig.json"].sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(here, path))).update("\0");
  }
  return hash.digest("hex");
}

const minifiedStyle = {
  name: "minified style as text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: "safari16.4" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Puts the words of another language in the place of the English ones. */
const speaking = (language) => ({
  name: `words in ${language}`,
  setup(build) {
    build.onResolve({ filter: /words\/en$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.replace(/en$/, `${language}.ts`)) }));
  },
});

/** Preact comes from the panel: one copy serves both. */
const borrowed = {
  name: "borrowed preact",
  setup(build) {
    build.onResolve({ filter: /^preact$/ }, () => ({ path: join(here, "src/handoff/lent.ts") }));
  },
};

/** The short names of our own properties, the same in all files. */
let shortNames;

async function bundle(entry, format, define, plugins = []) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: ["es2022", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    plugins: [minifiedStyle, ...plugins],
    define: { ...defined, ...define },
    logLevel: "warning",
  });
  // esbuild's own minifying leaves some 5 % more.
  const nameCache = { props: shortNames };
  const { code } = await minify(outputFiles[0].text, {
    module: format === "esm",
    ecma: 2020,
    compress: { passes: 3, unsafe: true },
    mangle: { properties: { regex: OURS } },
    nameCache,
  });
  shortNames = nameCache.props;
  return code;
}

const sources = sourcesHash();
mkdirSync(folder, { recursive: true });
function write(name, code) {
  // A part of a hash is enough to notice a change.
  const text = `/*! sources ${sources.slice(0, 8)} code ${sha256(code).slice(0, 8)} */
${code}`;
  writeFileSync(join(folder, name), text);
  const size = gzipSync(text, { level: 9 }).length;
  console.log(`${name.padEnd(20)} ${String(size).padStart(6)} bytes gzipped`);
  return size;
}

const panels = [];
let largest = 0;
for (const [ending, language] of [["", "en"], ["-es", "es"]]) {
  const handoff = `widget-handoff${ending}.js`;
  const seldom = await bundle("handoff/entry.tsx", "esm", {}, [speaking(language), borrowed]);
  write(handoff, seldom);
  const name = `widget-panel${ending}.js`;
  const code = await bundle("panel.tsx", "esm", { HANDOFF: JSON.stringify(`${handoff}?${sha256(seldom).slice(0, 8)}`) }, [speaking(language)]);
  panels.push(`${name}?${sha256(code).slice(0, 8)}`);
  largest = Math.max(largest, write(name, code));
}
const launcher = write("widget.js", await bundle("launcher.ts", "iife", { PANELS: JSON.stringify(panels) }));
console.log(`${"at most, for a page".padEnd(20)} ${String(launcher + largest).padStart(6)} bytes gzipped`);
