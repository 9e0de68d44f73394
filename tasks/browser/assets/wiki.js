import { asked, data, el, link, page, show, words } from '/site.js';

const article = (id) => data.articles.find((each) => each.id === id);
const find = (value) => el('form', { action: '/search', class: 'row', style: 'margin-bottom:16px' },
  el('input', { name: 'q', value, placeholder: words.search, class: 'grow' }), el('button', { class: 'main', id: 'find' }, words.find));
const entry = (each) => el('div', { class: 'card', 'data-id': each.id }, el('h3', {}, link(`/article?id=${each.id}`, each.title)),
  el('p', { class: 'muted' }, `${each.text[0].slice(0, 90)} ...`));

const pages = {
  index() {
    show(find(''), el('h1', {}, words.title), data.groups.map((group) => [el('h2', {}, group),
      el('div', { class: 'list' }, data.articles.filter((each) => each.group === group).map((each) => link(`/article?id=${each.id}`, each.title, { 'data-article': each.id })))]));
  },
  search() {
    const asks = (asked.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const found = data.articles.filter((each) => asks.length && asks.every((w) => `${each.title} ${each.text.join(' ')}`.toLowerCase().includes(w)));
    show(find(asked.get('q') ?? ''), el('p', { class: 'muted' }, `${found.length} ${words.found}`), found.map(entry));
  },
  article() {
    const here = article(asked.get('id'));
    show(find(''), el('div', { class: 'card' }, el('article', {}, el('p', { class: 'muted' }, here.group), el('h1', {}, here.title), here.text.map((each) => el('p', {}, each)),
      here.facts.length > 0 && el('table', {}, here.facts.map(([name, value]) => el('tr', {}, el('th', { style: 'width:220px' }, name), el('td', {}, value)))),
      here.see.length > 0 && el('p', {}, `${words.see}: `, here.see.map((id, index) => [index ? ', ' : '', link(`/article?id=${id}`, article(id).title)])))));
  },
};
pages[page]();
