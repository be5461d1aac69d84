/** The methods that every model has. */
import { checkAccess } from '../access.ts';
import { notCovered, typeError } from '../errors.ts';
import { isList, isObject, pythonText, type Json, type Wire } from '../json.ts';
import { load } from '../load/load.ts';
import { externalIdsOf } from '../orm/external-ids.ts';
import type { Arguments, Env, Model } from '../orm/model.ts';
import { describeFields, externalName, idsWire, readRows, searchRows, type Window } from '../orm/read.ts';
import { createFrom, removeRecords, writeFrom } from '../orm/write.ts';
import { findField } from '../orm/fields.ts';
import type { Signature } from './arguments.ts';

export interface Generic {
  /** false: the first argument are the ids. */
  readonly onModel: boolean;
  readonly reads: boolean;
  readonly signature: (model: Model) => Signature;
  readonly run: (env: Env, model: Model, ids: readonly number[], args: Arguments) => Wire | undefined;
}

const base =
  (name: string, required: readonly string[], optional: readonly string[]): ((model: Model) => Signature) =>
  () => ({
    shown: `BaseModel.${name}`,
    required,
    optional,
  });

/** `ResPartner.create` */
const ofClass =
  (name: string, required: readonly string[]) =>
  (model: Model): Signature => ({
    shown: `${model.name.replace(/(^|\.)(\w)/g, (_all, _dot, letter: string) => letter.toUpperCase())}.${name}`,
    required,
    optional: [],
  });

const count = (value: Json | undefined, name: string): number | undefined => {
  if (value === undefined || value === null || value === false) return undefined;
  if (typeof value !== 'number') throw typeError(`${name} must be an integer, not ${pythonText(value)}`);
  return value;
};

const window = (args: Arguments): Window => ({
  offset: count(args['offset'], 'offset') ?? 0,
  limit: count(args['limit'], 'limit'),
  order: typeof args['order'] === 'string' && args['order'] !== '' ? args['order'] : undefined,
});

/** `load` is Odoo's name for how relations are shown: with names, unless None. */
const named = (args: Arguments): boolean => {
  const value = args['load'];
  if (value === undefined || value === '_classic_read') return true;
  if (value === null || value === false || value === '') return false;
  throw notCovered(`read with load ${pythonText(value)}`);
};

const create = (env: Env, model: Model, args: Arguments): Wire => {
  const values = args['vals_list'];
  if (isObject(values)) return createFrom(env, model, values);
  if (!isList(values)) throw typeError(`'${typeof values === 'number' ? 'int' : 'str'}' object is not iterable`);
  return values.map(item => createFrom(env, model, item));
};

const archive = (active: boolean): Generic => ({
  onModel: false,
  reads: false,
  signature: base(active ? 'action_unarchive' : 'action_archive', [], []),
  run: (env, model, ids) => {
    checkAccess(env, model, 'write');
    if (!findField(env, model, 'active')) throw notCovered(`archiving ${model.name}, which has no active`);
    writeFrom(env, model, ids, { active });
    return true;
  },
});

export const generic: Readonly<Record<string, Generic>> = {
  search: {
    onModel: true,
    reads: true,
    signature: base('search', ['domain'], ['offset', 'limit', 'order']),
    run: (env, model, _ids, args) => {
      checkAccess(env, model, 'read');
      return idsWire(searchRows(env, model, args['domain'], window(args)));
    },
  },
  search_count: {
    onModel: true,
    reads: true,
    signature: base('search_count', ['domain'], ['limit']),
    run: (env, model, _ids, args) => {
      checkAccess(env, model, 'read');
      return searchRows(env, model, args['domain'], { ...window(args), offset: 0, order: 'id' }).length;
    },
  },
  search_read: {
    onModel: true,
    reads: true,
    signature: () => ({
      shown: 'BaseModel.search_read',
      required: [],
      optional: ['domain', 'fields', 'offset', 'limit', 'order'],
      passesOn: { shown: 'BaseModel._read_format', names: ['load'] },
    }),
    run: (env, model, _ids, args) => {
      checkAccess(env, model, 'read');
      return readRows(env, model, searchRows(env, model, args['domain'] ?? [], window(args)), args['fields'], named(args));
    },
  },
  read: {
    onModel: false,
    reads: true,
    signature: base('read', [], ['fields', 'load']),
    run: (env, model, ids, args) => {
      checkAccess(env, model, 'read');
      const rows = ids.map(id => env.tx.get(model.name, id)).filter(row => row !== undefined);
      return readRows(env, model, rows, args['fields'], named(args));
    },
  },
  fields_get: {
    onModel: true,
    reads: true,
    signature: base('fields_get', [], ['allfields', 'attributes']),
    run: (env, model, _ids, args) => describeFields(env, model, args['allfields'], args['attributes']),
  },
  get_external_id: {
    onModel: false,
    reads: true,
    signature: base('get_external_id', [], []),
    run: (env, model, ids) =>
      Object.fromEntries(
        ids.map(id => {
          const [first] = externalIdsOf(env, model.name, id);
          return [String(id), first ? externalName(first) : ''];
        }),
      ),
  },
  create: {
    onModel: true,
    reads: false,
    signature: ofClass('create', ['vals_list']),
    run: (env, model, _ids, args) => {
      checkAccess(env, model, 'create');
      return create(env, model, args);
    },
  },
  write: {
    onModel: false,
    reads: false,
    signature: ofClass('write', ['vals']),
    run: (env, model, ids, args) => {
      checkAccess(env, model, 'write');
      writeFrom(env, model, ids, args['vals']);
      return true;
    },
  },
  unlink: {
    onModel: false,
    reads: false,
    signature: ofClass('unlink', []),
    run: (env, model, ids) => {
      checkAccess(env, model, 'unlink');
      removeRecords(env, model, ids);
      return true;
    },
  },
  load: {
    onModel: true,
    reads: false,
    signature: base('load', ['fields', 'data'], []),
    run: (env, model, _ids, args) => load(env, model.name, args['fields'], args['data']),
  },
  action_archive: archive(false),
  action_unarchive: archive(true),
};
