import { button, data, el, field, go, page, save, select, show, state, table, words } from '/site.js';

// Pages of a form one after the other; each must be right before the next one shows.
const step = data.steps.findIndex((each) => each.name === page);

function wrong(question, value) {
  if (!value) return question.optional ? '' : words.required;
  if (question.pattern && !new RegExp(`^(?:${question.pattern})$`).test(value)) return question.hint;
  return '';
}

function input(question, value) {
  if (question.kind === 'select') return select(question.name, [['', words.choose], ...question.options.map((o) => [o, o])], value);
  if (question.kind === 'text') return el('textarea', { name: question.name }, value);
  return el('input', { name: question.name, value });
}

function asks(question, error) {
  const value = state.answers[question.name] ?? '';
  if (question.kind === 'radio' || question.kind === 'boxes') {
    const on = value.split('; ');
    return el('fieldset', {}, el('legend', {}, question.label), question.options.map((each) => el('label', { class: 'choice' },
      el('input', { type: question.kind === 'radio' ? 'radio' : 'checkbox', name: question.name, value: each, checked: on.includes(each) }), each)),
      error && el('span', { class: 'error' }, error));
  }
  return field(question.label, input(question, value), error || (question.hint && el('span', { class: 'muted' }, question.hint)));
}

const bar = () => el('div', { class: 'steps' }, data.steps.map((each, index) =>
  el('span', { class: index === step ? 'here' : '' }, `${index + 1}. ${each.title}`)));

function ask(errors = {}) {
  const here = data.steps[step];
  const form = el('form', { class: 'card', novalidate: true }, here.questions.map((each) => asks(each, errors[each.name])),
    el('div', { class: 'row end' }, step > 0 && button(words.back, () => go(`/${data.steps[step - 1].name}`), { id: 'back' }),
      el('button', { class: 'main', id: 'next' }, words.next)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const found = {};
    for (const each of here.questions) {
      const value = given.getAll(each.name).map((v) => v.trim()).filter(Boolean).join('; ');
      state.answers[each.name] = value;
      if (wrong(each, value)) found[each.name] = wrong(each, value);
    }
    save();
    if (Object.keys(found).length) ask(found);
    else go(`/${(data.steps[step + 1] ?? { name: 'review' }).name}`);
  });
  show(el('h1', {}, words.title), bar(), form);
}

function review() {
  const every = data.steps.flatMap((each) => each.questions);
  const agree = el('input', { type: 'checkbox', name: 'agree' });
  const error = el('p', { class: 'error' });
  const send = () => {
    if (!agree.checked) { error.textContent = words.agree_first; return; }
    state.submitted.push({ ...state.answers });
    state.answers = {};
    save();
    go('/done');
  };
  show(el('h1', {}, words.review), el('div', { class: 'card' }, table([], every.map((each) => el('tr', {}, el('th', { style: 'width:280px' }, each.label),
    el('td', {}, state.answers[each.name] ?? '')))), el('label', { class: 'choice', style: 'margin:14px 0' }, agree, words.agree), error,
    el('div', { class: 'row end' }, button(words.back, () => go(`/${data.steps.at(-1).name}`), { id: 'back' }), button(words.submit, send, { class: 'main', id: 'submit' }))));
}

if (page === 'done') show(el('h1', {}, words.thanks), el('div', { class: 'note' }, words.received));
else if (page === 'review') review();
else ask();
