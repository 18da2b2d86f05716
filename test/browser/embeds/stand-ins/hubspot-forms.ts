/** HubSpot's forms, as far as HubSpot and six or more public integrations say: the new editor's, and the legacy ones. */

/** `forms/embed/v2.js`: its forms keep what was typed in a state of their own, which only `input` events reach. */
export const V2_JS = `window.hbspt = { forms: { create({ formId, target, fields = ['email', 'ucc'], accepts = true, shape = 'object' }) {
  const state = {};
  const form = Object.assign(document.createElement('form'), { id: 'hsForm_' + formId, className: 'hs-form' });
  form.setAttribute('data-form-id', formId);
  for (const name of fields)
    form.append(Object.assign(document.createElement('input'), { name, type: name === 'email' ? 'email' : 'hidden', ariaLabel: name }));
  form.append(Object.assign(document.createElement('button'), { textContent: 'Send' }));
  const say = (eventName, data) => postMessage({ type: 'hsFormCallback', eventName, id: formId, data }, '*');
  form.addEventListener('input', ({ target: { name, value } }) => (state[name] = value));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    say('onFormSubmit', Object.entries(state).map(([name, value]) => ({ name, value })));
    await fetch('/hubspot', { method: 'POST', body: new URLSearchParams(state) });
    const submissionValues = shape === 'array' ? Object.entries(state).map(([name, value]) => ({ name, value })) : { ...state };
    if (accepts) say('onFormSubmitted', { redirectUrl: '', submissionValues });
  });
  document.querySelector(target).append(form);
  say('onFormReady', []);
} } };`;

/** `forms/embed/<portal>.js`: its forms are React's, which takes a value from nothing but \`setFieldValue\`, once it is ready. */
export const V4_JS = `{
  const forms = [];
  const fire = (name, form) => dispatchEvent(new CustomEvent('hs-form-event:' + name, { detail: { formId: form.getFormId(), instanceId: form.getInstanceId() } }));
  window.HubSpotFormsV4 ??= { getForms: () => [...forms], getFormFromEvent: ({ detail }) => forms.find((form) => form.getInstanceId() === detail.instanceId) };
  for (const [index, frame] of [...document.querySelectorAll('.hs-form-frame')].entries()) {
    const names = (frame.dataset.fields ?? 'email ucc').split(' ');
    const values = Object.fromEntries(names.map((name) => ['0-1/' + name, '']));
    let conversion = null;
    const form = {
      getFormId: () => frame.dataset.formId,
      getInstanceId: () => String(index),
      getFormFieldValues: async () => Object.entries(values).map(([name, value]) => ({ name, value })),
      getConversionId: () => conversion,
      getRedirectUrl: () => '',
      setFieldValue(name, value) {
        if (!(name in values)) throw new Error('No field is called ' + name);
        values[name] = value;
      },
    };
    const element = document.createElement('form');
    element.innerHTML = '<input type="email" name="0-1/email" aria-label="email"><button>Send</button>';
    element.addEventListener('input', ({ target }) => (values[target.name] = target.value));
    element.addEventListener('submit', async (event) => {
      event.preventDefault();
      await fetch('/hubspot', { method: 'POST', body: new URLSearchParams(values) });
      if (frame.dataset.answer === 'fail') return fire('on-submission:failed', form);
      conversion = 'conversion-' + frame.dataset.formId;
      fire('on-submission:success', form);
    });
    frame.append(element);
    forms.push(form);
    fire('on-ready', form);
  }
}`;
