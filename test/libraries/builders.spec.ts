/**
 * The forms that builders and server frameworks write, after their public documentation: each as a visitor sends it.
 * Where the author made a field for the code, that one holds it, by its name or by its mark; else ours is there.
 */
import { expect, test } from '../site/test.js';
import { EMAIL, LINK, serveLibrary, typeInto, UCC, valuesOf } from './app.js';

interface Builder {
  /** Where the page is. Default `/signup`. */
  readonly page?: string;
  /** The form, with a field for the e-mail, and with `CODE` where its author may put a field for the code. */
  readonly html: string;
  /** What an author of such a form writes for the code, and the name under which it arrives. */
  readonly code: string;
  readonly name: string;
  /** The option `field`, where a name of the author's own is no `ucc`. */
  readonly field?: string;
  /** The name of the e-mail's field, and how a test finds it where that is no label. */
  readonly email: string;
  readonly find?: string;
  readonly files?: readonly string[];
}

const JQUERY = 'jquery/dist/jquery.min.js';

/** What the scripts of WordPress plugins do: the form's data by fetch, and nothing else happens on the page. */
const FETCHED = `<script>
  document.forms[0].addEventListener('submit', (event) => {
    event.preventDefault();
    fetch('/wp-json/submit', { method: 'POST', body: new FormData(event.target) });
  });
</script>`;

const BUILDERS: { readonly [name: string]: Builder } = {
  // https://contactform7.com/tag-syntax/ and https://contactform7.com/hidden-field/
  'Contact Form 7': {
    html: `<div class="wpcf7" id="wpcf7-f12-o1"><form action="/demo/#wpcf7-f12-o1" method="post" class="wpcf7-form init" novalidate data-status="init">
        <fieldset class="hidden-fields-container"><input type="hidden" name="_wpcf7" value="12"><input type="hidden" name="_wpcf7_unit_tag" value="wpcf7-f12-o1"></fieldset>
        <p><label>Your email<br><span class="wpcf7-form-control-wrap" data-name="your-email"><input class="wpcf7-form-control wpcf7-email wpcf7-text" type="email" name="your-email"></span></label></p>
        CODE<p><input class="wpcf7-form-control wpcf7-submit" type="submit" value="Submit"></p>
      </form></div>${FETCHED}`,
    code: '<input class="wpcf7-form-control wpcf7-hidden" value="" type="hidden" name="ucc">',
    name: 'ucc',
    email: 'your-email',
  },
  // https://wpforms.com/docs/how-to-use-query-strings-to-auto-fill-fields/: fields are numbered
  WPForms: {
    html: `<div class="wpforms-container" id="wpforms-7"><form id="wpforms-form-7" class="wpforms-validate wpforms-form wpforms-ajax-form" data-formid="7" method="post" enctype="multipart/form-data" action="/contact/">
        <div class="wpforms-field-container"><div class="wpforms-field wpforms-field-email"><label class="wpforms-field-label" for="wpforms-7-field_1">Email</label>
        <input type="email" id="wpforms-7-field_1" class="wpforms-field-large wpforms-field-required" name="wpforms[fields][1]" required></div>CODE</div>
        <div class="wpforms-field wpforms-field-hp" style="position:absolute;left:-9999px"><label for="wpforms-7-field-hp">Website</label><input type="text" name="wpforms[hp]" id="wpforms-7-field-hp" tabindex="-1"></div>
        <div class="wpforms-submit-container"><input type="hidden" name="wpforms[id]" value="7"><button type="submit" name="wpforms[submit]" class="wpforms-submit" value="wpforms-submit">Submit</button></div>
      </form></div>${FETCHED}`,
    code: '<input type="hidden" id="wpforms-7-field_4" name="wpforms[fields][4]" value="">',
    name: 'wpforms[fields][4]',
    field: 'ucc wpforms[fields][4]',
    email: 'wpforms[fields][1]',
    find: '#wpforms-7-field_1',
  },
  // https://docs.gravityforms.com/gform_pre_render/: inputs are `input_FIELD`
  'Gravity Forms': {
    html: `<div class="gform_wrapper gravity-theme" id="gform_wrapper_1"><form method="post" enctype="multipart/form-data" target="gform_ajax_frame_1" id="gform_1" class="gform_wrapper" action="/signup#gf_1" novalidate>
        <div class="gform_body"><div id="field_1_1" class="gfield gfield--type-email"><label class="gfield_label" for="input_1_1">Email<span class="gfield_required">*</span></label>
        <div class="ginput_container ginput_container_email"><input name="input_1" id="input_1_1" type="email" value="" class="large"></div></div>CODE</div>
        <div class="gform_footer"><input type="submit" id="gform_submit_button_1" class="gform_button button" value="Submit"><input type="hidden" name="gform_submit" value="1"></div>
      </form></div><iframe name="gform_ajax_frame_1" id="gform_ajax_frame_1" hidden title="This iframe contains the logic required to handle Ajax powered Gravity Forms."></iframe>`,
    code: '<input name="input_5" id="input_1_5" type="hidden" class="gform_hidden" value="">',
    name: 'input_5',
    field: 'ucc input_5',
    email: 'input_1',
    find: '#input_1_1',
  },
  // https://elementor.com/help/form-field-ids-and-shortcodes/: `form_fields[ID]`, and the ID is the author's choice
  Elementor: {
    files: [JQUERY],
    html: `<form class="elementor-form" method="post" name="New Form" aria-label="New Form">
        <input type="hidden" name="post_id" value="12"><input type="hidden" name="form_id" value="3a1f">
        <div class="elementor-form-fields-wrapper"><div class="elementor-field-type-email elementor-field-group"><label for="form-field-email">Email</label>
        <input size="1" type="email" name="form_fields[email]" id="form-field-email" class="elementor-field" placeholder="Email" required></div>CODE
        <div class="elementor-field-type-submit"><button class="elementor-button" type="submit">Send</button></div></div>
      </form><script>jQuery('.elementor-form').on('submit', function (event) {
        event.preventDefault();
        jQuery.ajax({ url: '/wp-admin/admin-ajax.php', type: 'POST', data: new FormData(this), processData: false, contentType: false });
      })</script>`,
    code: '<input size="1" type="hidden" name="form_fields[ucc]" id="form-field-ucc" class="elementor-field elementor-size-sm">',
    name: 'form_fields[ucc]',
    field: 'ucc form_fields[ucc]',
    email: 'form_fields[email]',
    find: '#form-field-email',
  },
  // https://help.webflow.com/hc/en-us/articles/33961372635411: a form block and its states
  Webflow: {
    files: [JQUERY],
    html: `<div class="w-form"><form id="email-form" name="email-form" data-name="Email Form" method="get" data-wf-page-id="66" data-wf-element-id="77">
        <label for="email">Email Address</label><input class="w-input" maxlength="256" name="email" data-name="Email" type="email" id="email" required>
        CODE<input type="submit" data-wait="Please wait..." class="w-button" value="Submit">
      </form><div class="w-form-done" hidden>Thank you!</div></div>
      <script>jQuery(document).on('submit', '.w-form form', function (event) {
        event.preventDefault();
        const fields = {};
        jQuery(this).find(':input:not([type=submit])').each((_, input) => { fields[jQuery(input).attr('data-name') || jQuery(input).attr('name')] = jQuery(input).val(); });
        jQuery.ajax({ url: '/api/v1/form', type: 'POST', contentType: 'application/json', data: JSON.stringify(fields) });
      })</script>`,
    code: '<input type="hidden" name="ucc" data-name="ucc" value="">',
    name: 'ucc',
    email: 'Email',
    find: '#email',
  },
  // Squarespace's form block: React, no names, values in its own memory. Its HTML: https://developers.squarespace.com/
  'a page builder whose fields have ids and no names': {
    html: `<form class="react-form-contents" novalidate>
        <div class="form-item field email"><label for="email-yui_1-field">Email</label><input id="email-yui_1-field" name="" type="email" autocomplete="email" aria-required="true"></div>
        CODE<button class="form-submit-button" type="submit">Submit</button>
      </form><script>
      document.forms[0].addEventListener('submit', (event) => {
        event.preventDefault();
        const form = event.currentTarget, code = form.querySelector('[name=ucc]');
        fetch('/api/form/SaveFormSubmission', { method: 'POST', body: JSON.stringify({ email: form.querySelector('[type=email]').value, ucc: code && code.value }) });
      })</script>`,
    code: '<input type="hidden" name="ucc" id="hidden-yui_1-field">',
    name: 'ucc',
    email: 'email',
    find: '#email-yui_1-field',
  },
  // https://developers.hubspot.com/docs/cms/forms: the legacy form without a frame
  'HubSpot, legacy markup': {
    html: `<div class="hbspt-form" id="hbspt-form-1"><form id="hsForm_5f0c" method="POST" accept-charset="UTF-8" enctype="multipart/form-data" novalidate action="/submissions/v3/public/submit/formsnext/multipart/1/5f0c" class="hs-form-private hsForm_5f0c hs-form" data-form-id="5f0c" data-portal-id="1">
        <div class="hs_email hs-email hs-fieldtype-text field hs-form-field"><label id="label-email-5f0c" for="email-5f0c"><span>Email</span><span class="hs-form-required">*</span></label>
        <div class="input"><input id="email-5f0c" name="email" required placeholder="" type="email" class="hs-input" inputmode="email" autocomplete="email" value=""></div></div>
        CODE<input name="hs_context" type="hidden" value="{}"><div class="hs-submit"><div class="actions"><input type="submit" class="hs-button primary large" value="Submit"></div></div>
      </form></div>`,
    code: '<div class="hs_ucc hs-ucc hs-fieldtype-text field hs-form-field" style="display: none"><div class="input"><input name="ucc" class="hs-input" type="hidden" value=""></div></div>',
    name: 'ucc',
    email: 'email',
    find: '#email-5f0c',
  },
  // https://github.com/heartcombo/devise: registrations/new
  'Rails with Devise': {
    page: '/users/sign_up',
    html: `<form class="new_user" id="new_user" action="/users" accept-charset="UTF-8" method="post">
        <input type="hidden" name="authenticity_token" value="t0k3n" autocomplete="off">
        <div class="field"><label for="user_email">Email</label><br><input autofocus autocomplete="email" type="email" value="" name="user[email]" id="user_email"></div>
        <div class="field"><label for="user_password">Password</label><em>(6 characters minimum)</em><br><input autocomplete="new-password" type="password" name="user[password]" id="user_password"></div>
        <div class="field"><label for="user_password_confirmation">Password confirmation</label><br><input autocomplete="new-password" type="password" name="user[password_confirmation]" id="user_password_confirmation"></div>
        CODE<div class="actions"><input type="submit" name="commit" value="Sign up" data-disable-with="Sign up"></div>
      </form>`,
    code: '<input type="hidden" name="user[ucc]" id="user_ucc" autocomplete="off" data-cello-companion="ucc">',
    name: 'user[ucc]',
    email: 'user[email]',
    find: '#user_email',
  },
  // https://docs.allauth.org/en/latest/account/views.html: /accounts/signup/, with the page to go to after it
  'Django with allauth': {
    page: '/accounts/signup/',
    html: `<form class="signup" id="signup_form" method="post" action="/accounts/signup/?next=/login/">
        <input type="hidden" name="csrfmiddlewaretoken" value="t0k3n">
        <p><label for="id_email">Email:</label><input type="email" name="email" placeholder="Email address" autocomplete="email" required id="id_email"></p>
        <p><label for="id_password1">Password:</label><input type="password" name="password1" placeholder="Password" autocomplete="new-password" required id="id_password1"></p>
        CODE<button type="submit">Sign Up</button>
      </form>`,
    code: '<input type="hidden" name="ucc" id="id_ucc">',
    name: 'ucc',
    email: 'email',
    find: '#id_email',
  },
  // https://laravel.com/docs/starter-kits: register.blade.php
  Laravel: {
    page: '/register',
    html: `<form method="POST" action="/register"><input type="hidden" name="_token" value="t0k3n" autocomplete="off">
        <div><label for="name">Name</label><input id="name" type="text" name="name" required autofocus autocomplete="name"></div>
        <div><label for="email">Email</label><input id="email" type="email" name="email" required autocomplete="username"></div>
        <div><label for="password">Password</label><input id="password" type="password" name="password" required autocomplete="new-password"></div>
        <div><label for="password_confirmation">Confirm Password</label><input id="password_confirmation" type="password" name="password_confirmation" required autocomplete="new-password"></div>
        CODE<a href="/login">Already registered?</a><button type="submit">Register</button>
      </form>`,
    code: '<input type="hidden" name="ucc" value="">',
    name: 'ucc',
    email: 'email',
    find: '#email',
  },
  // ASP.NET Web Forms: all of a page stands in one form, a search and a login of its header included.
  'ASP.NET Web Forms, one form a page': {
    page: '/Register.aspx',
    html: `<form method="post" action="./Register.aspx" id="form1">
        <input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUK"><input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="">
        <div id="header"><input name="ctl00$Search" type="search" id="Search" placeholder="Search this site"><input type="submit" name="ctl00$SearchButton" value="Go" id="SearchButton"></div>
        <div><label for="MainContent_Email">Email</label><input name="ctl00$MainContent$Email" type="email" id="MainContent_Email"></div>
        <div><label for="MainContent_Password">Password</label><input name="ctl00$MainContent$Password" type="password" id="MainContent_Password"></div>
        <div><label for="MainContent_ConfirmPassword">Confirm password</label><input name="ctl00$MainContent$ConfirmPassword" type="password" id="MainContent_ConfirmPassword"></div>
        CODE<input type="submit" name="ctl00$MainContent$ctl08" value="Register">
      </form>`,
    code: '<input type="hidden" name="ctl00$MainContent$Ucc" id="MainContent_Ucc" data-cello-companion="ucc">',
    name: 'ctl00$MainContent$Ucc',
    email: 'ctl00$MainContent$Email',
    find: '#MainContent_Email',
  },
  // https://shopify.dev/docs/storefronts/themes/architecture/templates/customers-register
  'Shopify, customer registration': {
    page: '/account/register',
    html: `<form method="post" action="/account" id="create_customer" accept-charset="UTF-8" data-login-with-shop-sign-up="true" novalidate>
        <input type="hidden" name="form_type" value="create_customer"><input type="hidden" name="utf8" value="✓">
        <div class="field"><input type="text" name="customer[first_name]" id="RegisterForm-FirstName" autocomplete="given-name" placeholder="First name"><label for="RegisterForm-FirstName">First name</label></div>
        <div class="field"><input type="email" name="customer[email]" id="RegisterForm-email" spellcheck="false" autocapitalize="off" autocomplete="email" aria-required="true" placeholder="Email"><label for="RegisterForm-email">Email</label></div>
        <div class="field"><input type="password" name="customer[password]" id="RegisterForm-password" aria-required="true" placeholder="Password"><label for="RegisterForm-password">Password</label></div>
        CODE<button>Create</button>
      </form>`,
    code: '<input type="hidden" name="customer[note][ucc]" data-cello-companion="ucc">',
    name: 'customer[note][ucc]',
    email: 'customer[email]',
    find: '#RegisterForm-email',
  },
  // https://docs.netlify.com/forms/setup/
  'Netlify Forms': {
    html: `<form name="demo" method="POST" data-netlify="true" netlify-honeypot="bot-field" action="/thank-you">
        <input type="hidden" name="form-name" value="demo"><p hidden><label>Don’t fill this out: <input name="bot-field"></label></p>
        <label for="email">Work email</label><input type="email" name="email" id="email">CODE<button type="submit">Book a demo</button>
      </form>`,
    code: '<input type="hidden" name="ucc">',
    name: 'ucc',
    email: 'email',
    find: '#email',
  },
  // https://ninjaforms.com/docs/: no form that submits, a button whose script reads fields
  'Ninja Forms': {
    files: [JQUERY],
    html: `<div id="nf-form-1-cont"><div class="nf-form-layout"><form><div class="nf-form-content">
        <div class="nf-field-label"><label for="nf-field-2">Email</label></div><input type="email" value="" class="ninja-forms-field nf-element" id="nf-field-2" name="email" autocomplete="email">
        CODE<input id="nf-field-4" class="ninja-forms-field nf-element" type="button" value="Submit">
      </div></form></div></div><script>jQuery('#nf-field-4').on('click', function () {
        jQuery.post('/wp-admin/admin-ajax.php', jQuery(this).closest('form').serialize());
      })</script>`,
    code: '<input type="hidden" id="nf-field-3" name="ucc" class="ninja-forms-field nf-element" value="">',
    name: 'ucc',
    email: 'email',
    find: '#nf-field-2',
  },
};

for (const [title, builder] of Object.entries(BUILDERS))
  for (const isAuthors of [false, true])
    test(`${title}: ${isAuthors ? "the author's own field holds the code, and ours is not there" : 'the code is sent once, in our field'}`, async ({
      page,
      site,
      start,
    }) => {
      const { html, code, name, email, find = `[name="${email}"]`, field = 'ucc', files = [] } = builder;
      const tags = await Promise.all(files.map((file) => serveLibrary(site, file)));
      const path = builder.page ?? '/signup';
      site.page('/', start({ endpoint: site.endpoint }));
      site.page(
        path,
        `${start({ endpoint: site.endpoint, include: 'email', field: field.split(' ') })}${tags.join('')}
        ${html.replace('CODE', isAuthors ? code : '')}`,
      );
      await page.goto(site.url(LINK));
      await page.goto(site.url(path));
      await typeInto(page.locator(find), EMAIL);
      for (const other of await page.locator('[type=password], [type=text][required]').all())
        await typeInto(other, 'Lovelace');
      await page.locator('form [type=submit], form [type=button], form button').last().click();
      const received = await site.received('form');
      expect(valuesOf(received, email)).toEqual([EMAIL]);
      expect(valuesOf(received, isAuthors ? name : 'ucc')).toEqual([UCC]);
      if (isAuthors && name !== 'ucc') expect(valuesOf(received, 'ucc')).toEqual([]);
      if (find !== '#nf-field-2')
        expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, fields: { email: EMAIL } });
    });
