import '@angular/compiler';
import { Component, InjectionToken, inject, provideZonelessChangeDetection } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';
import { send } from '../send.js';

const FIELD = new InjectionToken<string>('field');

const TEMPLATE = `
  <form #form="ngForm" (ngSubmit)="submit(form.value)">
    <label>E-mail <input type="email" name="email" ngModel></label>
    @if (field === 'hidden') { <input type="hidden" name="ucc" ngModel> }
    @if (field === 'visible') { <label>Invite code <input name="ucc" ngModel></label> }
    <button>Join</button>
  </form>`;

class Signup {
  readonly field = inject(FIELD);
  readonly submit = (values: Record<string, unknown>) => send(values);
}

const Root = Component({ selector: '[data-app]', template: TEMPLATE, imports: [FormsModule] })(Signup);

export const mount = (root: HTMLElement, field: string): void => {
  root.dataset['app'] = '';
  const providers = [provideZonelessChangeDetection(), { provide: FIELD, useValue: field }];
  void bootstrapApplication(Root, { providers });
};
