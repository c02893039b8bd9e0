import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseExactJson, type ExactJson } from '../../src/provider/exact-json.ts';

export type Json = ExactJson;
export type JsonObject = Record<string, Json>;

/** One thing that went over the wire while a real ComfyUI was recorded. */
export type RecordedEvent = {
	t: number;
	note?: string;
	http_request?: {
		method: string;
		path: string;
		headers?: Record<string, string>;
		json?: Json;
		body_text?: string;
		form?: { name: string; filename?: string; content_type?: string; base64?: string; value?: string }[];
	};
	http_response?: {
		status: number;
		headers: Record<string, string>;
		json?: Json;
		text?: string;
		base64?: string;
		body_bytes?: number;
	};
	ws?: string;
	opened?: string;
	closing?: string;
	sent_text?: string;
	/** Of a ping that the client sent. */
	pong?: string;
	raw_request?: string;
	raw_response?: string;
	text?: { type: string; data: JsonObject };
	binary_bytes?: number;
	base64?: string;
};
export type Recording = { recorded_from: string; scene: string; about: string; events: RecordedEvent[] };

const folder = join(import.meta.dirname, 'recordings');

/** Names of all recordings of a real ComfyUI 0.3.64. */
export const recordingNames = (): string[] =>
	readdirSync(folder)
		.map((name) => name.replace(/\.json\.gz$/, ''))
		.sort();

/** What was recorded of one scene. */
export const readRecording = (name: string): Recording =>
	parseExactJson(gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString()) as unknown as Recording;
