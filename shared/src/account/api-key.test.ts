import { expect, test } from 'vitest';
import { operations } from '../http/openapi.ts';
import { scopeFor } from './api-key.ts';

const scopes = new Map(operations.map(({ id, endpoint }) => [id, scopeFor(endpoint)]));

test('a key to read changes nothing, a key to generate makes and stops tasks, and the rest is to write', () => {
	for (const { id, endpoint } of operations) if (endpoint.method !== 'get') expect(scopes.get(id), id).not.toBe('read');
	expect([scopes.get('project.list'), scopes.get('task.generate'), scopes.get('task.cancel')]).toEqual([
		'read',
		'generate',
		'generate',
	]);
	expect([scopes.get('project.delete'), scopes.get('note.create')]).toEqual(['write', 'write']);
});

test('no key manages keys, its own kind or those of services, or the account', () => {
	for (const { id } of operations)
		if (/^(apiKey|credential|account\.(read|edit))/.test(id)) expect(scopes.get(id), id).toBeNull();
	expect(scopes.get('apiKey.create')).toBeNull();
});
