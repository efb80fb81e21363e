// The search of the site. Words of English are found by their beginnings, Chinese by pairs of characters, codes and
// names of the code as they are written (-621018, prepare_many). Every term has to stand on the page, unless no page
// has them all. `pages` comes from search-data.js, which website/search_data.py writes.
"use strict";

const HAN = "\\u3400-\\u9fff";
const PIECES = new RegExp(`[${HAN}]+|(?<![\\w.-])-\\d+|[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_]|[.-](?=[\\p{L}\\p{N}_]))*`, "gu");

const isChinese = (text) => new RegExp(`^[${HAN}]`, "u").test(text);

/** The end of an English word taken off, so that cancelling finds cancel. */
const stem = (word) =>
  /^[a-z]{4,}$/.test(word) ? word.replace(/(?:ies|y)$/, "i").replace(/(?:ing|ed|es|s)$/, "").replace(/([b-df-hj-np-tv-z])\1$/, "$1").replace(/e$/, "") : word;

/** The terms of a text: pairs of Chinese characters, stems, whole codes and names with their parts. */
const termsOf = (text, asked = false) => {
  const found = [];
  for (const [piece] of text.toLowerCase().matchAll(PIECES)) {
    // "CEB622回执": letters and Chinese in one piece
    const runs = piece.match(new RegExp(`[${HAN}]+|[^${HAN}]+`, "gu"));
    for (const run of runs)
      if (isChinese(run)) {
        if (run.length === 1) found.push(run);
        for (let at = 0; at + 1 < run.length; at++) found.push(run.slice(at, at + 2));
      } else {
        found.push(stem(run));
        if (asked) continue;
        const dotted = run.split(/[.-]+/).filter(Boolean);
        const inner = run.split(/[._-]+/).filter(Boolean);
        found.push(...new Set([...dotted, ...inner].map(stem).filter((part) => part !== stem(run))));
      }
  }
  return found;
};

/** Words of English that say nothing of what is sought. */
const SILENT = new Set("a an and are can do does for how i in is it my of on or the to what when where which why with".split(" "));

const WEIGHT = { title: 12, also: 9, heading: 5, text: 1 };

/** For each term, how much it weighs in each section. */
const makeIndex = () => {
  const index = new Map();
  const add = (section, text, weight) => {
    for (const term of termsOf(text)) {
      let at = index.get(term);
      if (!at) index.set(term, (at = new Map()));
      at.set(section, (at.get(section) || 0) + weight);
    }
  };
  let section = 0;
  for (const page of pages)
    for (const each of page.sections) {
      each.number = section++;
      each.page = page;
      each.names = new Set(termsOf(each.keys));
      if (each === page.sections[0]) {
        add(each.number, page.title, WEIGHT.title);
        add(each.number, page.also, WEIGHT.also);
      }
      add(each.number, each.heading, WEIGHT.heading);
      add(each.number, each.text, WEIGHT.text);
    }
  return index;
};

const sections = [];
let index = null;
let vocabulary = [];

/** The terms of the index that a term stands for: itself, and what begins with it. */
const expand = (term) => {
  const found = index.has(term) ? [[term, 1]] : [];
  if (isChinese(term) && term.length > 1) return found;
  if (term.length > 2 || isChinese(term))
    for (const word of vocabulary)
      if (word !== term && word.startsWith(term)) found.push([word, (0.4 * term.length) / word.length]);
  return found;
};

/** The pages that a query finds, best first, each with its best sections. */
const search = (query) => {
  if (!index) {
    index = makeIndex();
    vocabulary = [...index.keys()];
    for (const page of pages) for (const each of page.sections) sections[each.number] = each;
  }
  const all = [...new Set(termsOf(query, true))];
  const telling = all.filter((term) => !SILENT.has(term));
  const terms = telling.length ? telling : all;
  if (!terms.length) return [];
  const scores = new Map(); // section -> score
  const covered = new Map(); // page -> terms that stand on it
  for (const term of terms) {
    const here = new Map();
    for (const [word, likeness] of expand(term)) {
      const places = index.get(word);
      const rarity = Math.log(1 + sections.length / places.size);
      for (const [section, count] of places) {
        const length = 1 + sections[section].text.length / 1500;
        const score = (likeness * rarity * count * 2.2) / (count + 1.2 * (0.4 + 0.6 * length));
        // what a row of a table is about counts whatever the table's length
        const told = sections[section].names.has(word) ? likeness * rarity * 2.2 : 0;
        here.set(section, Math.max(here.get(section) || 0, told, score * (1 + Math.min(count, 20) / 10)));
      }
    }
    for (const [section, score] of here) {
      scores.set(section, (scores.get(section) || 0) + score);
      const page = sections[section].page;
      if (!covered.has(page)) covered.set(page, new Set());
      covered.get(page).add(term);
    }
  }
  const phrase = query.trim().toLowerCase();
  const found = new Map();
  for (const [number, score] of scores) {
    const section = sections[number];
    let weight = score;
    if (phrase.length > 1 && section.text.toLowerCase().includes(phrase)) weight *= 1.6;
    if (`${section.heading} ${section === section.page.sections[0] ? section.page.title + " " + section.page.also : ""}`.toLowerCase().includes(phrase)) weight *= 2;
    if (!found.has(section.page)) found.set(section.page, []);
    found.get(section.page).push([weight, section]);
  }
  const most = Math.max(...[...covered.values()].map((each) => each.size), 0);
  return [...found]
    .filter(([page]) => covered.get(page).size === most)
    .map(([page, hits]) => {
      hits.sort((one, other) => other[0] - one[0]);
      const score = hits[0][0] + hits.slice(1, 4).reduce((sum, hit) => sum + hit[0], 0) * 0.15;
      return { page, score: score * page.weight, hits: hits.slice(0, 3).map((hit) => hit[1]) };
    })
    .sort((one, other) => other.score - one.score)
    .slice(0, 20);
};

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The words of a query as they are marked in a text. */
const marks = (query) => {
  const words = [...query.toLowerCase().matchAll(PIECES)].map(([piece]) => piece).filter((piece) => piece.length > 1 || isChinese(piece));
  const stems = words.map((word) => (isChinese(word) || /[\d_-]/.test(word) ? word : stem(word)));
  return stems.length ? new RegExp(stems.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu") : null;
};

/** Some words of a section around the first that is marked. */
const excerpt = (text, marked) => {
  const first = marked ? Math.max(text.search(marked), 0) : 0;
  const start = Math.max(0, first - 50);
  const cut = `${start ? "… " : ""}${text.slice(start, first + 130)}${first + 130 < text.length ? " …" : ""}`;
  return marked ? escaped(cut).replace(marked, "<mark>$&</mark>") : escaped(cut);
};

const show = (query) => {
  const found = query ? search(query) : [];
  const marked = marks(query);
  const status = document.getElementById("found");
  const some = document.documentElement.lang.startsWith("zh") ? `${found.length} ${status.dataset.some}` : `${found.length} ${found.length === 1 ? "page" : status.dataset.some}`;
  status.textContent = !query ? "" : found.length ? some : status.dataset.none;
  document.getElementById("results").innerHTML = found
    .map(({ page, hits }) => {
      const [best, ...others] = hits;
      const link = (section) => `${page.url}${section.anchor ? `#${section.anchor}` : ""}`;
      const more = others.map((each) => `<a href="${link(each)}">${escaped(each.heading || page.title)}</a>`).join(" · ");
      const heading = best.heading && best.heading !== page.title ? ` <span>${escaped(best.heading)}</span>` : "";
      return `<li><a class="page" href="${link(best)}">${escaped(page.title)}${heading}</a><p>${excerpt(best.text, marked)}</p>${more ? `<p class="more">${more}</p>` : ""}</li>`;
    })
    .join("");
};

const input = document.querySelector("#search input");
if (input) {
  input.value = new URLSearchParams(location.search).get("q") || "";
  const sidebar = document.querySelector(".sidebar-search");
  if (sidebar) sidebar.value = input.value;
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(input.value), 120);
  });
  show(input.value);
}
