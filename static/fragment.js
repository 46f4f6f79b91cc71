// @ts-check
/**
 * Keeps the #fragment of the page that a guest wanted. A browser takes it along
 * when it is sent to the sign-in page, but no server ever sees it, and the form
 * would lose it. So it becomes part of the callbackUrl: of the page's address, of
 * its forms and of its links. session.js loads this file where there is one.
 */

/** The longest callbackUrl worth trying: a longer one loses its path as well. */
const longest = 2000;

/**
 * A backslash and a stray % are no part of an address that a server takes.
 * @param {string} hash
 */
const tidy = (hash) => hash.replace(/\\/g, "%5C").replace(/%(?![0-9a-f]{2})/gi, "%25");

const fragment = tidy(location.hash);

/** @param {string} url */
const withFragment = (url) => (url.includes("#") || url.length + fragment.length > longest ? url : url + fragment);

/**
 * The same address with another callbackUrl, without its origin; none if it has none.
 * @param {string} href
 */
function carried(href) {
  const url = new URL(href);
  const wanted = url.searchParams.get("callbackUrl");
  if (!wanted || url.origin !== location.origin) return;
  url.searchParams.set("callbackUrl", withFragment(wanted));
  return url.pathname + url.search;
}

const here = carried(location.href);
if (here) {
  history.replaceState(history.state, "", here);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[href*='callbackUrl=']"))) {
    link.href = carried(link.href) ?? link.href;
  }
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=callbackUrl]"))) {
    field.value = withFragment(field.value);
  }
}

export {}; // a module
