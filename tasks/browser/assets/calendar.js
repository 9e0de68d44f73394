import { asked, button, data, el, field, go, link, page, save, select, show, state, words } from '/site.js';

const DAY = 86400000;
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const pages = {
  index() {
    const start = Date.parse(asked.get('week') ?? data.week);
    const weeks = [0, 7, 14].map((offset) => NAMES.map((_, index) => iso(start + (offset + index) * DAY)));
    const cell = (day) => el('div', { class: 'day', 'data-day': day }, el('span', { class: 'muted' }, `${day.slice(8)}.${day.slice(5, 7)}.`),
      state.events.filter((each) => each.day === day).sort((a, b) => (a.time > b.time ? 1 : -1))
        .map((each) => link(`/event?id=${each.id}`, `${each.time} ${each.title}`, { class: 'event', 'data-id': each.id })));
    show(el('div', { class: 'row', style: 'margin-bottom:12px' }, el('h1', { class: 'grow', style: 'margin:0' }, words.calendar),
      link(`/?week=${iso(start - 21 * DAY)}`, '‹', { class: 'button', id: 'before' }), link(`/?week=${iso(start + 21 * DAY)}`, '›', { class: 'button', id: 'next' }),
      link('/event', words.add, { class: 'button main', id: 'add' })),
      el('div', { class: 'week' }, NAMES.map((name) => el('b', { style: 'padding:4px 6px;font-size:12px' }, name))),
      weeks.map((week) => el('div', { class: 'week' }, week.map(cell))));
  },
  event() {
    const old = state.events.find((each) => each.id === asked.get('id'));
    const made = old ?? { title: '', day: '', time: '', length: '60', room: data.rooms[0], people: [] };
    const inputs = {
      title: el('input', { name: 'title', value: made.title }),
      day: el('input', { name: 'day', value: made.day, placeholder: 'YYYY-MM-DD' }),
      time: el('input', { name: 'time', value: made.time, placeholder: 'HH:MM' }),
      length: select('length', data.lengths.map((each) => [each, `${each} min`]), made.length),
      room: select('room', data.rooms, made.room),
    };
    const people = data.people.map((each) => el('label', { class: 'choice' },
      el('input', { type: 'checkbox', name: 'people', value: each, checked: made.people.includes(each) }), each));
    const error = el('p', { class: 'error' });
    const form = el('form', { class: 'card columns', style: 'grid-template-columns:1fr 1fr' },
      el('div', {}, Object.entries(inputs).map(([key, input]) => field(words[key], input))),
      el('div', {}, el('fieldset', {}, el('legend', {}, words.people), people), error,
        el('div', { class: 'row' }, el('button', { class: 'main', id: 'save' }, words.save),
          old && button(words.remove, () => { state.events = state.events.filter((each) => each !== old); save(); go('/'); }, { id: 'delete' }), link('/', words.cancel))));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, input.value.trim()]));
      if (!given.title || !/^\d{4}-\d\d-\d\d$/.test(given.day) || !/^\d\d:\d\d$/.test(given.time)) { error.textContent = words.wrong; return; }
      given.people = new FormData(form).getAll('people');
      if (old) Object.assign(old, given);
      else {
        state.events.push({ id: `e${state.next}`, ...given });
        state.next += 1;
      }
      save();
      go('/');
    });
    show(el('h1', {}, old ? words.change : words.add), form);
  },
};
pages[page]();
