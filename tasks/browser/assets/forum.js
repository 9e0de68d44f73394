import { asked, button, data, el, link, page, save, show, state, table, words } from '/site.js';

const topic = (id) => state.topics.find((each) => each.id === id);
const posts = (id) => state.posts.filter((each) => each.topic === id);

const pages = {
  index() {
    const order = [...state.topics].sort((a, b) => Number(b.pinned) - Number(a.pinned));
    const rows = order.map((each) => el('tr', { 'data-topic': each.id },
      el('td', {}, link(`/topic?id=${each.id}`, data.topics[each.id].title), ' ', each.pinned && el('span', { class: 'tag' }, words.pinned), ' ',
        each.locked && el('span', { class: 'tag' }, words.locked)),
      el('td', { class: 'muted' }, data.topics[each.id].by), el('td', { class: 'number' }, String(posts(each.id).length))));
    show(el('h1', {}, words.title), table([words.topic, words.by, el('th', { class: 'number' }, words.posts)], rows));
  },
  topic() {
    const here = topic(asked.get('id'));
    const about = data.topics[here.id];
    const toggle = (key) => () => { here[key] = !here[key]; save(); pages.topic(); };
    const shown = posts(here.id).map((each) => {
      const text = data.posts[each.id];
      const remove = () => { state.posts = state.posts.filter((other) => other !== each); save(); pages.topic(); };
      return el('div', { class: 'card', 'data-post': each.id },
        el('div', { class: 'row' }, el('b', {}, text.by), el('span', { class: 'muted grow' }, text.date),
          button(each.flag ? words.flagged : words.flag, () => { each.flag = !each.flag; save(); pages.topic(); }, { class: 'small flag' }),
          button(words.remove, remove, { class: 'small remove' })), el('p', {}, text.text));
    });
    show(link('/', words.back), el('h1', {}, about.title),
      el('div', { class: 'row', style: 'margin-bottom:14px' }, button(here.pinned ? words.unpin : words.pin, toggle('pinned'), { id: 'pin' }),
        button(here.locked ? words.unlock : words.lock, toggle('locked'), { id: 'lock' })), shown, !shown.length && el('p', { class: 'muted' }, words.empty));
  },
  members() {
    const rows = data.members.map((name) => {
      const on = state.banned.includes(name);
      const toggle = () => { state.banned = on ? state.banned.filter((n) => n !== name) : [...state.banned, name]; save(); pages.members(); };
      return el('tr', { 'data-member': name }, el('td', {}, name), el('td', { class: 'number' }, String(state.posts.filter((p) => data.posts[p.id].by === name).length)),
        el('td', {}, on && el('span', { class: 'tag' }, words.banned)), el('td', { class: 'number' }, button(on ? words.unban : words.ban, toggle, { class: 'small ban' })));
    });
    show(el('h1', {}, words.members), table([words.name, el('th', { class: 'number' }, words.posts), '', ''], rows));
  },
};
pages[page]();
