import { asked, button, data, el, field, go, link, page, save, select, show, state, table, words } from '/site.js';

const mail = (id) => state.mails.find((each) => each.id === id);
const text = (id) => data.mails[id];
const picked = new Set();

function folders(here) {
  return el('div', { class: 'list card' },
    el('p', {}, el('a', { href: '/compose', class: 'button main', id: 'compose', style: 'text-align:center;display:block' }, words.compose)),
    data.folders.map((each) => {
      const unread = state.mails.filter((m) => m.folder === each && !m.read).length;
      return link(`/?folder=${each}`, unread ? `${each} (${unread})` : each, { class: each === here ? 'here' : '', 'data-folder': each });
    }));
}

function move(ids, folder) {
  for (const id of ids) mail(id).folder = folder;
  save();
}

function mover(ids, after) {
  const to = select('move', ['', ...data.folders].map((each) => [each, each || words.move]), '');
  to.addEventListener('change', () => { if (to.value) { move(ids(), to.value); after(); } });
  return to;
}

const pages = {
  index() {
    const here = asked.get('folder') ?? data.folders[0];
    const find = (asked.get('q') ?? '').toLowerCase();
    const shown = state.mails.filter((m) => find
      ? `${text(m.id).from} ${text(m.id).subject} ${text(m.id).body}`.toLowerCase().includes(find) : m.folder === here);
    const rows = shown.map((m) => {
      const box = el('input', { type: 'checkbox', class: 'pick', checked: picked.has(m.id) });
      box.addEventListener('change', () => { box.checked ? picked.add(m.id) : picked.delete(m.id); pages.index(); });
      return el('tr', { 'data-id': m.id, class: `${m.read ? '' : 'unread'} ${picked.has(m.id) ? 'picked' : ''}` },
        el('td', { style: 'width:36px' }, box),
        el('td', { style: 'width:44px' }, button(m.star ? '★' : '☆', () => { m.star = !m.star; save(); pages.index(); }, { class: 'small star', 'aria-label': words.star })),
        el('td', { style: 'width:180px' }, text(m.id).from), el('td', {}, link(`/mail?id=${m.id}`, text(m.id).subject)),
        find && el('td', {}, el('span', { class: 'tag' }, m.folder)),
        el('td', { class: 'muted', style: 'white-space:nowrap;width:90px' }, text(m.id).date));
    });
    const search = el('form', { action: '/', class: 'row', style: 'margin-bottom:12px' },
      el('input', { name: 'q', value: asked.get('q') ?? '', placeholder: words.search, class: 'grow' }), el('button', {}, words.find));
    const tools = el('div', { class: 'row', style: 'margin-bottom:10px;min-height:34px' }, el('b', { class: 'grow' }, find ? words.found : here),
      picked.size > 0 && [mover(() => [...picked], () => { picked.clear(); pages.index(); }),
        button(words.remove, () => { move([...picked], data.trash); picked.clear(); pages.index(); }, { id: 'delete' })]);
    show(el('div', { class: 'columns' }, folders(find ? '' : here), el('div', {}, search, tools,
      rows.length ? table([], rows) : el('p', { class: 'muted' }, words.nothing))));
  },
  mail() {
    const m = mail(asked.get('id'));
    const t = text(m.id);
    if (!m.read) { m.read = true; save(); }
    const back = () => go(`/?folder=${m.folder}`);
    const from = m.folder;
    show(el('div', { class: 'columns' }, folders(m.folder), el('div', { class: 'card' }, el('h1', {}, t.subject),
      el('p', { class: 'muted' }, `${t.from} <${t.address}>, ${t.date}`),
      el('div', { class: 'row', style: 'margin:12px 0' }, link(`/compose?reply=${m.id}`, words.reply, { class: 'button main', id: 'reply' }),
        mover(() => [m.id], () => go(`/?folder=${from}`)),
        button(m.star ? `★ ${words.starred}` : `☆ ${words.star}`, () => { m.star = !m.star; save(); pages.mail(); }, { id: 'star' }),
        button(words.remove, () => { move([m.id], data.trash); go(`/?folder=${from}`); }, { id: 'delete' }), button(words.back, back)),
      t.body.split('\n').map((each) => el('p', {}, each)))));
  },
  compose() {
    const to = asked.get('reply') && text(asked.get('reply'));
    const made = {
      to: el('input', { name: 'to', value: to ? to.address : '' }),
      subject: el('input', { name: 'subject', value: to ? `Re: ${to.subject}` : '' }),
      body: el('textarea', { name: 'body', style: 'min-height:190px' }),
    };
    const error = el('p', { class: 'error' });
    const form = el('form', { class: 'card' }, Object.entries(made).map(([key, input]) => field(words[key], input)), error,
      el('div', { class: 'row' }, el('button', { class: 'main', id: 'send' }, words.send), link('/', words.cancel)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = Object.fromEntries(Object.entries(made).map(([key, input]) => [key, input.value.trim()]));
      if (!given.to.includes('@') || !given.body) { error.textContent = words.missing; return; }
      state.sent.push({ ...given, reply: asked.get('reply') ?? '' });
      save();
      go('/sent');
    });
    show(el('div', { class: 'columns' }, folders(''), el('div', {}, el('h1', {}, words.compose), form)));
  },
  sent() {
    show(el('div', { class: 'columns' }, folders(''), el('div', {}, el('div', { class: 'note' }, words.done),
      table([words.to, words.subject], state.sent.map((each) => el('tr', {}, el('td', {}, each.to), el('td', {}, each.subject)))))));
  },
};
pages[page]();
