import { asked, button, data, el, field, go, link, money, page, picture, save, select, show, state, table, words } from '/site.js';

const product = (id) => data.products.find((each) => each.id === id);
const total = () => state.cart.reduce((sum, line) => sum + line.count * product(line.id).price, 0);
const due = () => `${words.total}: ${money(total() - off())}`;
const off = () => Math.round(total() * (data.coupons[state.coupon] ?? 0) / 100);

function add(id) {
  const line = state.cart.find((each) => each.id === id);
  if (line) line.count += 1;
  else state.cart.push({ id, count: 1 });
  save();
  badge();
}

function badge() {
  const count = state.cart.reduce((sum, line) => sum + line.count, 0);
  document.querySelector('.aside').replaceChildren(link('/cart', `${words.cart} (${count})`, { id: 'cart' }));
}

function card(each) {
  return el('div', { class: 'card', 'data-id': each.id },
    picture(each.name, data.products.indexOf(each)),
    el('h3', {}, link(`/product?id=${each.id}`, each.name)),
    el('p', { class: 'muted' }, each.category),
    el('div', { class: 'row' }, el('span', { class: 'price grow' }, money(each.price)),
      button(words.add, () => add(each.id), { class: 'main small add' })));
}

const pages = {
  index() {
    const only = asked.get('category');
    const categories = [...new Set(data.products.map((each) => each.category))];
    show(el('h1', {}, only ?? words.title),
      el('div', { class: 'row', style: 'margin-bottom:14px' }, link('/', words.all, { class: 'tag' }),
        categories.map((each) => link(`/?category=${encodeURIComponent(each)}`, each, { class: 'tag' }))),
      el('div', { class: 'grid' }, data.products.filter((each) => !only || each.category === only).map(card)));
  },
  product() {
    const each = product(asked.get('id'));
    show(el('div', { class: 'card' }, picture(each.name, data.products.indexOf(each)), el('h1', {}, each.name),
      el('p', {}, each.about), el('p', { class: 'price' }, money(each.price)),
      button(words.add, () => add(each.id), { class: 'main add' })), link('/', words.back));
  },
  cart() {
    const rows = state.cart.map((line, index) => {
      const each = product(line.id);
      const count = el('input', { type: 'number', min: 1, max: 99, value: line.count, style: 'width:70px', name: 'count' });
      count.addEventListener('change', () => {
        const number = Math.round(Number(count.value));
        line.count = number >= 1 && number <= 99 ? number : line.count;
        count.value = line.count;
        save();
        sum.textContent = money(each.price * line.count);
        document.querySelector('#total').textContent = due();
        badge();
      });
      const sum = el('td', { class: 'number' }, money(each.price * line.count));
      return el('tr', { 'data-id': line.id }, el('td', {}, link(`/product?id=${each.id}`, each.name)),
        el('td', { class: 'number' }, money(each.price)), el('td', {}, count),
        sum, el('td', {}, button(words.remove, () => { state.cart.splice(index, 1); save(); pages.cart(); }, { class: 'small remove' })));
    });
    const code = el('input', { name: 'coupon', value: state.coupon, placeholder: words.code });
    const known = () => {
      state.coupon = code.value.trim().toUpperCase() in data.coupons ? code.value.trim().toUpperCase() : '';
      save();
      pages.cart();
    };
    badge();
    show(el('h1', {}, words.cart), !rows.length && el('p', {}, words.empty),
      rows.length > 0 && [table([words.item, el('th', { class: 'number' }, words.price), words.count, el('th', { class: 'number' }, words.sum), ''], rows),
        el('div', { class: 'row', style: 'margin:14px 0' }, code, button(words.apply, known, { id: 'apply' }),
          state.coupon && el('span', { class: 'tag' }, `${state.coupon}: -${data.coupons[state.coupon]} %`), el('span', { class: 'grow' }),
          el('b', { id: 'total' }, due())),
        el('div', { class: 'row end' }, button(words.checkout, () => go('/checkout'), { class: 'main', id: 'checkout' }))]);
  },
  checkout() {
    const draft = { name: '', street: '', city: '', delivery: data.delivery[0], gift: false };
    const inputs = ['name', 'street', 'city'].map((key) => field(words[key], el('input', { name: key, value: state.address[key] ?? '' })));
    const delivery = data.delivery.map((each) => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'delivery', value: each, checked: each === draft.delivery }), each));
    const gift = el('label', { class: 'choice' }, el('input', { type: 'checkbox', name: 'gift' }), words.gift);
    const error = el('p', { class: 'error' });
    const form = el('form', { class: 'card' }, inputs, el('fieldset', {}, el('legend', {}, words.delivery), delivery), gift, error,
      el('div', { class: 'row end' }, el('button', { class: 'main', id: 'order' }, words.order)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = new FormData(form);
      const address = Object.fromEntries(['name', 'street', 'city'].map((key) => [key, given.get(key).trim()]));
      if (Object.values(address).some((each) => !each)) { error.textContent = words.missing; return; }
      state.orders.push({ id: `${state.orders.length + 1}`, lines: state.cart, coupon: state.coupon, address, delivery: given.get('delivery'), gift: given.has('gift'), total: total() - off() });
      state.cart = [];
      state.coupon = '';
      save();
      go('/done');
    });
    show(el('h1', {}, words.checkout), form);
  },
  done() {
    const order = state.orders.at(-1);
    badge();
    show(el('h1', {}, words.thanks), order && el('div', { class: 'note' }, `${words.total}: ${money(order.total)}`), link('/', words.back));
  },
};
badge();
pages[page]();
