// What all sites share: what they know (data.json), what has been done (start.json, then what is
// stored in the browser), and how elements are made. Nothing here depends on the time of day.
const read = async (name) => (await fetch(`/${name}`)).json();

export const data = await read('data.json');
const kept = localStorage.getItem('state');
export const state = kept ? JSON.parse(kept) : await read('start.json');
export const page = document.body.dataset.page;
export const asked = new URLSearchParams(location.search);
export const words = data.words ?? {};

export function save() {
  localStorage.setItem('state', JSON.stringify(state));
}

// An element with attributes ("onclick" and so on are functions) and what it holds.
export function el(name, attributes = {}, ...inner) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...inner.flat(9).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export function show(...inner) {
  document.querySelector('main').replaceChildren(...inner.flat(9).filter(Boolean));
}

export function go(address) {
  location.assign(address);
}

export function money(cents) {
  return `${(cents / 100).toFixed(2)} ${words.currency ?? 'EUR'}`;
}

export const link = (address, text, attributes = {}) => el('a', { href: address, ...attributes }, text);
export const button = (text, onclick, attributes = {}) =>
  el('button', { type: 'button', onclick, ...attributes }, text);

export function field(text, input, error = '') {
  return el('label', { class: 'field' }, el('span', {}, text), input, error && el('span', { class: 'error' }, error));
}

export function select(name, options, chosen = '', attributes = {}) {
  const made = options.map((each) => {
    const [value, text] = Array.isArray(each) ? each : [each, each];
    return el('option', { value, selected: value === chosen }, text);
  });
  return el('select', { name, ...attributes }, made);
}

export function table(head, rows, attributes = {}) {
  return el('table', attributes, el('thead', {}, el('tr', {}, head.map((each) =>
    each instanceof Node ? each : el('th', {}, each)))), el('tbody', {}, rows));
}

const HUES = [212, 24, 150, 280, 345, 95, 190, 50];
export function picture(text, index) {
  const colour = `hsl(${HUES[index % HUES.length]} 38% 52%)`;
  return el('div', { class: 'picture', style: `background:${colour}` }, text.slice(0, 1));
}
