import { asked, button, data, el, field, go, link, page, save, select, show, state, table, words } from '/site.js';

const view = { sort: '', down: false, find: '', status: '', page: 0 };
const picked = new Set();
const text = (row, column) => (column.kind === 'money' ? row[column.key].toFixed(2) : row[column.key]);

function rows() {
  const found = state.rows.filter((row) => (!view.status || row.status === view.status)
    && (!view.find || data.columns.some((c) => String(text(row, c)).toLowerCase().includes(view.find.toLowerCase()))));
  if (view.sort) {
    const order = (a, b) => (a[view.sort] > b[view.sort]) - (a[view.sort] < b[view.sort]);
    found.sort((a, b) => (view.down ? order(b, a) : order(a, b)));
  }
  return found;
}

const pages = {
  index() {
    const found = rows();
    const last = Math.max(0, Math.ceil(found.length / data.size) - 1);
    view.page = Math.min(view.page, last);
    const shown = found.slice(view.page * data.size, (view.page + 1) * data.size);
    const again = (change) => () => { change(); pages.index(); };
    const head = [el('th', { style: 'width:36px' }, el('input', { type: 'checkbox', id: 'every', checked: shown.length > 0 && shown.every((r) => picked.has(r.id)),
      onchange: again(() => { const on = shown.every((r) => picked.has(r.id)); for (const r of shown) on ? picked.delete(r.id) : picked.add(r.id); }) })),
      ...data.columns.map((c) => el('th', { class: `sort ${c.kind === 'money' ? 'number' : ''}`, 'data-sort': c.key,
        onclick: again(() => { view.down = view.sort === c.key && !view.down; view.sort = c.key; view.page = 0; }) },
        c.name, view.sort === c.key ? (view.down ? ' ▾' : ' ▴') : '')), el('th', {}, '')];
    const lines = shown.map((row) => el('tr', { 'data-id': row.id, class: picked.has(row.id) ? 'picked' : '' },
      el('td', {}, el('input', { type: 'checkbox', class: 'pick', checked: picked.has(row.id),
        onchange: again(() => { picked.has(row.id) ? picked.delete(row.id) : picked.add(row.id); }) })),
      data.columns.map((c) => el('td', { class: c.kind === 'money' ? 'number' : '' }, c.key === 'status' ? el('span', { class: 'tag' }, row.status) : text(row, c))),
      el('td', { class: 'number' }, link(`/edit?id=${row.id}`, words.edit, { class: 'button small edit' }))));
    const find = el('input', { name: 'find', value: view.find, placeholder: words.find });
    find.addEventListener('change', again(() => { view.find = find.value; view.page = 0; }));
    const status = select('status', [['', words.any], ...data.statuses.map((s) => [s, s])], view.status);
    status.addEventListener('change', again(() => { view.status = status.value; view.page = 0; }));
    const bulk = select('bulk', [['', words.set], ...data.statuses.map((s) => [s, s])], '');
    bulk.disabled = !picked.size;
    bulk.addEventListener('change', again(() => { for (const row of state.rows) if (picked.has(row.id)) row.status = bulk.value; picked.clear(); save(); }));
    show(el('h1', {}, words.title), el('div', { class: 'row', style: 'margin-bottom:12px' }, find, status, el('span', { class: 'grow' }),
      el('span', { class: 'muted' }, `${picked.size} ${words.picked}`), bulk), table(head, lines),
      el('div', { class: 'row end', style: 'margin-top:12px' }, el('span', { class: 'muted grow' }, `${found.length} ${words.found}`),
        button('‹', again(() => { view.page -= 1; }), { id: 'before', disabled: view.page === 0 }), el('span', {}, `${view.page + 1} / ${last + 1}`),
        button('›', again(() => { view.page += 1; }), { id: 'next', disabled: view.page === last })));
  },
  edit() {
    const row = state.rows.find((each) => each.id === asked.get('id'));
    const inputs = data.columns.filter((c) => c.key !== 'id').map((c) => [c, c.key === 'status' ? select('status', data.statuses, row.status)
      : el('input', { name: c.key, value: text(row, c) })]);
    const form = el('form', { class: 'card' }, inputs.map(([c, input]) => field(c.name, input)),
      el('div', { class: 'row' }, el('button', { class: 'main', id: 'save' }, words.save), link('/', words.cancel)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      for (const [c, input] of inputs) row[c.key] = c.kind === 'money' ? Number(input.value) || row[c.key] : input.value.trim();
      save();
      go('/');
    });
    show(el('h1', {}, `${words.edit} ${row.id}`), form);
  },
};
pages[page]();
