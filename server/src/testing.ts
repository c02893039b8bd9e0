import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { readConfig } from '@reelroom/shared/node/config.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { ServerConfig } from './config.ts';
import { WebSocket } from 'ws';
import { Problem, type ProblemCode } from '@reelroom/shared/problem.ts';
import { LiveDocument } from '../../web/src/lib/live-document.ts';
import { createServer, type ServerDeps } from './server.ts';
import type { Studio } from './studio.ts';

/** A studio without tasks, takes and films; it notes what it was asked to draw. */
export function anEmptyStudio(): Studio & { drawn: string[] } {
	const drawn: string[] = [];
	return {
		drawn,
		routes: [],
		coverTakeOf: async () => new Map(),
		generateBoard: async (projectId) => void drawn.push(projectId),
		onProjectChanged: () => {},
		beforeProjectDeleted: async () => {},
		onProjectDeleted: async () => {},
		onProjectGone: () => {},
		onRevoked: () => {},
		onRoleChanged: () => {},
		onSignInEnded: () => {},
		onMemberRemoved: async () => {},
		close: async () => {},
	};
}

export type TestServer = Awaited<ReturnType<typeof aServer>>;

/** The real server on a free port over a fresh database, or over that of another one. */
export async function aServer({
	openStudio = async () => anEmptyStudio(),
	settings = {},
	beside,
	log = createLog('test', 'silent'),
}: Partial<Pick<ServerDeps, 'openStudio' | 'log'>> & {
	settings?: Record<string, string>;
	beside?: { uri: string; dataDir: string };
} = {}) {
	const uri = beside?.uri ?? (await aDatabase()).uri;
	const dataDir = beside?.dataDir ?? (await mkdtemp(join(tmpdir(), 'reelroom-server-')));
	const config = readConfig(ServerConfig, {
		PORT: '0',
		HOST: '127.0.0.1',
		MONGODB_URI: uri,
		DATA_DIR: dataDir,
		WEB_BUILD_DIR: join(dataDir, 'no-web'),
		SAMPLE_PROJECTS: '0',
		...settings,
	});
	const mongo = await connectMongo(uri);
	const server = await createServer({ config, mongo, log, version: '0.0.0', openStudio });
	let people = 0;
	const clients: LiveDocument[] = [];

	/** Asks the API; a string or bytes as body go as they are. */
	async function call(
		method: string,
		path: string,
		{
			token,
			body,
			headers = {},
		}: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
	) {
		const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
		const auth = token === undefined ? {} : { Authorization: `Bearer ${token}` };
		const init: RequestInit = { method: method.toUpperCase(), headers: { ...json, ...auth, ...headers } };
		if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
		const response = await fetch(server.url + apiPrefix + path, init);
		const text = await response.text();
		const isJson = /json/.test(response.headers.get('content-type') ?? '');
		// A test says what it expects of the reply; a wrong shape fails there.
		return {
			status: response.status,
			headers: response.headers,
			text,
			json: (isJson ? JSON.parse(text) : undefined) as never as Reply,
		};
	}

	return {
		...server,
		mongo,
		uri,
		dataDir,
		call,
		/** Registers somebody new. */
		async person(name = `Person ${++people}`) {
			const email = `person-${Math.random().toString(36).slice(2)}@example.com`;
			const { status, json, text } = await call('post', '/auth/register', {
				body: { email, password: 'a long password', name },
			});
			if (status !== 201) throw new Error(`could not register: ${text}`);
			const [workspace] = (await call('get', '/workspaces', { token: json.accessToken })).json as unknown as {
				id: string;
			}[];
			return {
				email,
				id: json.account.id,
				token: json.accessToken,
				refreshToken: json.refreshToken,
				workspaceId: workspace?.id ?? '',
			};
		},
		/** The live document of a project as a program of this person's has it, over the real connection. */
		live(who: { id: string; token?: string; headers?: Record<string, string> }, projectId: string): LiveDocument {
			const made = new LiveDocument({
				url: `${server.url.replace('http', 'ws')}/sync`,
				projectId,
				user: { id: who.id, name: who.id },
				getTicket: async () => {
					const { status, json } = await call('post', `/projects/${projectId}/ticket`, who);
					if (status >= 400) throw new Problem(json.code as ProblemCode);
					return json.ticket;
				},
				WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
			});
			clients.push(made);
			return made;
		},
		async close() {
			for (const client of clients) await client.destroy();
			await server.close();
			await mongo.close();
			if (beside === undefined) await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** The fields that tests look at, of whatever was replied. */
type Reply = {
	id: string;
	code: string;
	token: string;
	ticket: string;
	accessToken: string;
	refreshToken: string;
	role: string;
	administrator: boolean;
	account: { id: string; administrator: boolean };
	errors: { pointer: string }[];
	paths: Record<string, object>;
	workspace: { role: string };
};
