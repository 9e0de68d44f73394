import { asked, button, data, el, field, go, money, page, save, select, show, state, words } from '/site.js';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const iso = (year, month, day) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
const nights = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86400000);
const view = { year: data.year, month: data.month, from: '', to: '', guests: '2' };

function calendar() {
  const first = (new Date(Date.UTC(view.year, view.month - 1, 1)).getUTCDay() + 6) % 7;
  const count = new Date(Date.UTC(view.year, view.month, 0)).getUTCDate();
  const days = Array.from({ length: count }, (_, index) => {
    const day = iso(view.year, view.month, index + 1);
    const within = day === view.from || day === view.to || (view.from && view.to && day > view.from && day < view.to);
    const pick = () => {
      if (!view.from || view.to || day <= view.from) { view.from = day; view.to = ''; } else view.to = day;
      pages.index();
    };
    return button(String(index + 1), pick, { 'data-day': day, class: within ? 'on' : '' });
  });
  const turn = (by) => () => {
    const month = view.year * 12 + view.month - 1 + by;
    view.year = Math.floor(month / 12);
    view.month = (month % 12) + 1;
    pages.index();
  };
  return el('div', {}, el('div', { class: 'row', style: 'max-width:420px;margin-bottom:8px' }, button('‹', turn(-1), { id: 'before', class: 'small' }),
    el('b', { class: 'grow', style: 'text-align:center' }, `${MONTHS[view.month - 1]} ${view.year}`), button('›', turn(1), { id: 'next', class: 'small' })),
    el('div', { class: 'days' }, ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'].map((d) => el('b', {}, d)),
      Array.from({ length: first }, () => el('span', {})), days));
}

const pages = {
  index() {
    const guests = select('guests', ['1', '2', '3', '4', '5'], view.guests);
    guests.addEventListener('change', () => { view.guests = guests.value; });
    const find = () => go(`/rooms?from=${view.from}&to=${view.to}&guests=${view.guests}`);
    show(el('h1', {}, words.title), el('div', { class: 'card columns', style: 'grid-template-columns:440px 1fr' }, calendar(),
      el('div', {}, el('p', {}, `${words.from}: `, el('b', { id: 'from' }, view.from || '-')), el('p', {}, `${words.to}: `, el('b', { id: 'to' }, view.to || '-')),
        field(words.guests, guests), button(words.find, find, { class: 'main', id: 'find', disabled: !view.to }))));
  },
  rooms() {
    const [from, to, guests] = ['from', 'to', 'guests'].map((key) => asked.get(key));
    const cards = data.rooms.filter((room) => room.beds >= Number(guests)).map((room) => el('div', { class: 'card row', 'data-room': room.id },
      el('div', { class: 'grow' }, el('h3', {}, room.name), el('p', { class: 'muted' }, `${words.beds}: ${room.beds} · ${room.extras.join(' · ')}`)),
      el('div', { class: 'price' }, `${money(room.price)} ${words.per}`), button(words.choose, () => go(`/book?room=${room.id}&from=${from}&to=${to}&guests=${guests}`), { class: 'main choose' })));
    show(el('h1', {}, `${from} – ${to}`), cards.length ? cards : el('p', {}, words.none));
  },
  book() {
    const [id, from, to, guests] = ['room', 'from', 'to', 'guests'].map((key) => asked.get(key));
    const room = data.rooms.find((each) => each.id === id);
    const name = el('input', { name: 'name' });
    const mail = el('input', { name: 'mail' });
    const extra = data.extras.map((each) => el('label', { class: 'choice' }, el('input', { type: 'checkbox', name: 'extra', value: each }), each));
    const error = el('p', { class: 'error' });
    const form = el('form', { class: 'card' }, el('p', {}, `${room.name}, ${from} – ${to}, ${words.guests}: ${guests}`),
      el('p', { class: 'price' }, `${words.total}: ${money(room.price * nights(from, to))}`), field(words.name, name), field(words.mail, mail),
      el('fieldset', {}, el('legend', {}, words.extras), extra), error, el('button', { class: 'main', id: 'book' }, words.book));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!name.value.trim() || !mail.value.includes('@')) { error.textContent = words.missing; return; }
      state.bookings.push({ room: id, from, to, guests: Number(guests), name: name.value.trim(), mail: mail.value.trim(), extras: new FormData(form).getAll('extra') });
      save();
      go('/done');
    });
    show(el('h1', {}, words.book), form);
  },
  done() {
    show(el('h1', {}, words.thanks), el('div', { class: 'note' }, words.sent));
  },
};
pages[page]();
