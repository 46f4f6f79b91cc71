// @ts-check
/**
 * What axe-core does not look at, as functions of the page that return what is
 * wrong with it. The test evaluates this file in the tab, like axe-core itself,
 * so the page's content security policy stays as it is.
 */

const operable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

/** @param {Element} e */
const seen = (e) => e.checkVisibility({ visibilityProperty: true });

/**
 * Names an element as a person would find it on the page.
 * @param {Element} e
 */
function named(e) {
  const text = (e.textContent || e.id || e.className.toString()).trim().replace(/\s+/g, " ");
  return `<${e.tagName.toLowerCase()}> "${text.slice(0, 40)}"`;
}

/** Text for screen readers only is cut off on purpose. @param {Element} e */
const offScreen = (e) => getComputedStyle(e).clipPath !== "none";

/** WCAG 1.4.10: nothing has to be scrolled sideways to be read. */
function sideways() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5);
  return [`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}: ${wide.map(named).slice(-3).join(", ")}`];
}

/** No text is cut off by its box, unless an ellipsis says so: its menu has all of it. */
function cut() {
  return [...document.body.querySelectorAll("*:not(svg, svg *, input)")].filter((e) => {
    const style = getComputedStyle(e);
    if (style.textOverflow === "ellipsis" || !seen(e) || offScreen(e)) return false;
    const hides = (/** @type {string} */ overflow) => /hidden|clip/.test(overflow);
    return hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1 || hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1;
  }).map((e) => `${named(e)} is cut off`);
}

/** Text has room for a word: a column that is squeezed to a few letters cannot be read. */
function squeezed() {
  return [...document.body.querySelectorAll("*:not(svg, svg *)")].filter((e) => {
    const text = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.nodeValue?.trim()).join("");
    if (text.length < 8 || !seen(e) || offScreen(e)) return false;
    const range = document.createRange();
    range.selectNodeContents(e);
    const { width, height } = range.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(e).fontSize);
    return width < 2 * size && height > 4 * size;
  }).map((e) => `${named(e)} is squeezed`);
}

/** WCAG 2.5.8: a finger finds everything; links within a sentence are exempt. */
function small() {
  const inSentence = (/** @type {Element} */ e) =>
    getComputedStyle(e).display === "inline" && e.parentElement?.textContent?.trim() !== e.textContent?.trim();
  return [...document.querySelectorAll(operable)].filter((e) => seen(e) && !offScreen(e) && !inSentence(e)).flatMap((e) => {
    const { width, height } = e.getBoundingClientRect();
    return width < 24 || height < 24 ? [`${named(e)} is ${width.toFixed(1)} by ${height.toFixed(1)} px, want 24 by 24`] : [];
  });
}

/**
 * A notice or a toast hides nothing for good: the end of the page can be scrolled
 * clear of it. Its cross is in the row where its words begin.
 */
function covered() {
  const over = document.querySelector("#session-notice:not(:has(p:empty)), .flash");
  if (!over) return [];
  scrollTo(0, document.documentElement.scrollHeight);
  const box = over.getBoundingClientRect();
  const below = [...document.querySelectorAll("main *, footer *")].filter((e) => {
    const own = e.matches(operable) || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.nodeValue?.trim());
    const r = e.getBoundingClientRect();
    return own && seen(e) && !offScreen(e) && r.bottom > box.top && r.top < box.bottom && r.right > box.left && r.left < box.right;
  }).map((e) => `${named(e)} stays below ${named(over)}`);
  scrollTo(0, 0);
  const cross = over.querySelector("[data-dismiss], [data-close]");
  const words = over.querySelector("p")?.getBoundingClientRect();
  if (cross && words && cross.getBoundingClientRect().top >= words.bottom) below.push(`${named(over)} has its cross in a row of its own`);
  return below;
}

/** Nothing moves by itself or in passing; for readers who asked for that. */
function moving() {
  const moves = (/** @type {Element} */ e) => {
    const { animationName, transitionDuration } = getComputedStyle(e);
    return animationName !== "none" || !/^(0s(, )?)+$/.test(transitionDuration);
  };
  const names = [...document.querySelectorAll("*")].filter(moves).map((e) => `${named(e)} moves`);
  return [...new Set(names)].concat(document.getAnimations().map((a) => `${a.constructor.name} runs`));
}

/** WCAG 1.4.12: more room between lines, paragraphs, letters and words. */
function spaceOut() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}

function spaceBack() {
  document.adoptedStyleSheets = [];
}

/** What can be reached by keyboard, in the order of the document; an open popover comes after its button. */
function stops() {
  const chosen = (/** @type {Element} */ e) => !(e instanceof HTMLInputElement) || e.type !== "radio" || e.checked; // the arrow keys do the rest
  const all = [...document.querySelectorAll(operable)].filter((e) => seen(e) && chosen(e) && !e.matches(":disabled") && /** @type {HTMLElement} */ (e).tabIndex >= 0);
  for (const popover of document.querySelectorAll(":popover-open")) {
    const [inside, rest] = [true, false].map((is) => all.filter((e) => popover.contains(e) === is));
    const at = rest.findIndex((e) => e.getAttribute("popovertarget") === popover.id) + 1;
    if (at > 0) all.splice(0, all.length, ...rest.slice(0, at), ...inside, ...rest.slice(at));
  }
  return all;
}

/** Begins a walk by keyboard: one step before the first stop. */
function begin() {
  /** @type {HTMLElement} */ (stops()[1]).focus({ preventScroll: true });
}

/** Where the keyboard is now; Index -1 = at no stop. */
function here() {
  const e = document.activeElement ?? document.body;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e.matches(".secret > input") ? /** @type {Element} */ (e.parentElement) : e); // drawn as one box
  return {
    index: stops().indexOf(e),
    name: named(e),
    inMain: e.closest("main") !== null && !e.closest("[popover]"),
    top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left + scrollX,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight,
  };
}
