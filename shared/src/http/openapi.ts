import * as z from 'zod';
import { accountApi, apiKeyApi } from '../account/api.ts';
import { activityApi } from '../activity/api.ts';
import { takeCareApi } from '../board/take-care-api.ts';
import { bibleApi } from '../bible/api.ts';
import { filmApi, shareApi } from '../cut/api.ts';
import { farmApi } from '../farm/api.ts';
import { Id } from '../id.ts';
import { problems } from '../problem.ts';
import { planApi } from '../plan/api.ts';
import { projectApi } from '../project/api.ts';
import { credentialApi, textApi } from '../provider/api.ts';
import { guestNoteApi, noteApi, notificationApi, reviewApi } from '../review/api.ts';
import { scriptApi } from '../script/api.ts';
import { generationApi } from '../task/generation-api.ts';
import { takeApi, taskApi } from '../task/api.ts';
import { versionApi } from '../version/api.ts';
import { workflowApi } from '../workflow/api.ts';
import { workspaceApi } from '../workspace/api.ts';
import { type Endpoint, apiPrefix } from './endpoint.ts';

/** Every operation of the product, by room and name. */
const apis = {
	account: accountApi,
	apiKey: apiKeyApi,
	workspace: workspaceApi,
	credential: credentialApi,
	text: textApi,
	project: projectApi,
	script: scriptApi,
	bible: bibleApi,
	task: taskApi,
	generation: generationApi,
	take: { ...takeApi, ...takeCareApi },
	plan: planApi,
	film: filmApi,
	share: shareApi,
	note: noteApi,
	review: reviewApi,
	notification: notificationApi,
	guestNote: guestNoteApi,
	version: versionApi,
	activity: activityApi,
	workflow: workflowApi,
	farm: farmApi,
} as const;

/** The operations as one list, each with its room and its id such as `project.create`. */
export const operations: readonly { id: string; room: string; endpoint: Endpoint }[] = Object.entries(apis).flatMap(
	([room, api]) =>
		Object.entries(api as Record<string, unknown>).map(([name, endpoint]) => ({
			id: `${room}.${name}`,
			room,
			endpoint: endpoint as Endpoint,
		})),
);

type Json = Record<string, unknown>;

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
	const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
	return rest;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
	if (schema === undefined) return [];
	const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Json; required?: string[] };
	return Object.entries(properties).map(([name, of]) => ({
		name,
		in: place,
		required: place === 'path' || required.includes(name),
		schema: of,
	}));
}

function repliesOf({ reply, status, file }: Endpoint): Json {
	const problem = { default: { $ref: '#/components/responses/Problem' } };
	if (reply !== undefined)
		return {
			[status ?? 200]: { description: 'Done', content: { 'application/json': { schema: schemaOf(reply, 'output') } } },
			...problem,
		};
	if (file === undefined) return { 204: { description: 'Done' }, ...problem };
	const content = Object.fromEntries(file.map((mediaType) => [mediaType, {}]));
	return {
		200: { description: 'The file', content },
		206: { description: 'The range that was asked for', content },
		304: { description: 'Not changed' },
		...problem,
	};
}

function bodyOf({ body, bytesLimit }: Endpoint): Json {
	// Where every field may be left out, the body may be too.
	if (body !== undefined)
		return {
			requestBody: {
				required: !body.safeParse({}).success,
				content: { 'application/json': { schema: schemaOf(body, 'input') } },
			},
		};
	if (bytesLimit !== undefined)
		return {
			requestBody: {
				required: true,
				description: `At most ${bytesLimit} bytes`,
				content: { 'application/octet-stream': {} },
			},
		};
	return {};
}

const idempotencyKey: Json = {
	name: 'Idempotency-Key',
	in: 'header',
	required: false,
	description: 'Made by the caller: sent again with the same body it changes nothing and answers the same.',
	schema: schemaOf(Id, 'input'),
};

const problemSchema = {
	type: 'object',
	required: ['type', 'title', 'status', 'code'],
	properties: {
		type: { type: 'string' },
		title: { type: 'string' },
		status: { type: 'integer' },
		code: { enum: Object.keys(problems) },
		detail: { type: 'string' },
		requestId: { type: 'string' },
		errors: {
			type: 'array',
			items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
		},
		retryAt: { type: 'string', format: 'date-time' },
	},
};

/** The whole API as an OpenAPI 3.1 document. */
export function openapi(version: string): Json {
	const paths: Record<string, Json> = {};
	for (const { id, room, endpoint } of operations) {
		const path = apiPrefix + endpoint.path.replace(/:([A-Za-z]+)/g, '{$1}');
		const parameters = [
			...parametersOf(endpoint.params, 'path'),
			...parametersOf(endpoint.query, 'query'),
			...(endpoint.idempotent === true ? [idempotencyKey] : []),
		];
		const rights =
			endpoint.allow === 'public'
				? { security: [] }
				: endpoint.allow === 'signed-in'
					? {}
					: { 'x-action': endpoint.allow };
		(paths[path] ??= {})[endpoint.method] = {
			operationId: id,
			tags: [room],
			summary: endpoint.summary,
			...rights,
			...(parameters.length > 0 ? { parameters } : {}),
			...bodyOf(endpoint),
			responses: repliesOf(endpoint),
		};
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'Reelroom',
			version,
			description: 'Everything the web page does, for programs. Failures are problem details (RFC 9457).',
		},
		servers: [{ url: '/' }],
		tags: Object.keys(apis).map((name) => ({ name })),
		security: [{ bearer: [] }, { cookie: [] }, { key: [] }],
		paths,
		components: {
			securitySchemes: {
				bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
				key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
				cookie: { type: 'apiKey', in: 'cookie', name: 'reelroom_access' },
			},
			responses: {
				Problem: { description: 'What went wrong', content: { 'application/problem+json': { schema: problemSchema } } },
			},
		},
	};
}
