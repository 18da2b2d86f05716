import '@angular/compiler';
import {
  Component,
  InjectionToken,
  inject,
  provideZoneChangeDetection,
  provideZonelessChangeDetection,
} from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';
import { send } from '../send.js';

const FIELD = new InjectionToken<string>('field');

const TEMPLATE = `
  <form [formGroup]="form" (ngSubmit)="submit()">
    <label>E-mail <input type="email" formControlName="email"></label>
    @if (field === 'hidden') { <input type="hidden" name="ucc" formControlName="ucc"> }
    @if (field === 'visible') { <label>Invite code <input name="ucc" formControlName="ucc"></label> }
    <button>Join</button>
  </form>`;

class Signup {
  readonly field = inject(FIELD);
  readonly form = new FormGroup<Record<string, FormControl<string | null>>>({
    email: new FormControl(''),
    ...(this.field !== 'none' && { ucc: new FormControl('') }),
  });
  readonly submit = () => send(this.form.value);
}

// As a decorator does it, which esbuild does not compile the way Angular's own compiler asks for.
const Root = Component({ selector: '[data-app]', template: TEMPLATE, imports: [ReactiveFormsModule] })(Signup);

export const mount = (root: HTMLElement, field: string, isZoneless = true): void => {
  root.dataset['app'] = '';
  const detection = isZoneless ? provideZonelessChangeDetection() : provideZoneChangeDetection();
  void bootstrapApplication(Root, { providers: [detection, { provide: FIELD, useValue: field }] });
};
