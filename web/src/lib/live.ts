import { io, type Socket } from 'socket.io-client';
import {
	socketPath,
	type ClientEvents,
	type ProjectState,
	type ServerEvents,
	type TaskListChange,
} from '@reelroom/shared/live/events.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { refreshSignIn } from '#lib/call.ts';

type Listeners = Partial<ServerEvents> & {
	/** The present state, after every (re)connection. */
	state(state: ProjectState): void;
	failed(problem: Problem): void;
};

/** Renews the sign-in and connects again where the server refused or closed the connection, which does not come back by itself; until the answer is called. */
function comeBack(socket: Socket<ServerEvents, ClientEvents>): () => void {
	let retry: ReturnType<typeof setTimeout> | undefined;
	const again = (): void => {
		if (socket.active) return;
		clearTimeout(retry);
		retry = setTimeout(
			() =>
				void refreshSignIn()
					.catch((error: unknown) => {
						// Out of reach: connecting fails too, and brings us back here.
						if (!(error instanceof Problem && error.code === 'unavailable')) throw error;
					})
					.finally(() => socket.connect()),
			2000,
		);
	};
	socket.on('connect_error', again);
	socket.on('disconnect', (reason) => reason === 'io server disconnect' && again());
	return () => clearTimeout(retry);
}

/** Follows one project's events until the answer is called; joins again after every reconnection. */
export function followProject(projectId: string, listeners: Listeners): () => void {
	const socket: Socket<ServerEvents, ClientEvents> = io({ path: socketPath, transports: ['websocket'] });
	const join = (): void => {
		socket.emit('project.join', { projectId }, (result) => {
			if (result.ok) listeners.state(result.state);
			else listeners.failed(new Problem(result.problem.code, result.problem.detail));
		});
	};
	socket.on('connect', join);
	const stop = comeBack(socket);
	const names = [
		'task.changed',
		'task.previewed',
		'task.removed',
		'tasks.paused',
		'take.added',
		'take.removed',
		'take.voted',
		'film.added',
		'activity.added',
		'project.changed',
		'note.changed',
		'review.changed',
		'notifications.changed',
		'access.ended',
	] as const;
	for (const name of names) {
		const listener = listeners[name];
		if (listener !== undefined) socket.on(name, listener as never);
	}
	return () => {
		stop();
		socket.emit('project.leave', { projectId });
		socket.disconnect();
	};
}

/** Follows what concerns the account alone until the answer is called; `changed` also after every (re)connection. */
export function followAccount(changed: () => void): () => void {
	const socket: Socket<ServerEvents, ClientEvents> = io({ path: socketPath, transports: ['websocket'] });
	socket.on('connect', changed);
	socket.on('notifications.changed', changed);
	const stop = comeBack(socket);
	return () => {
		stop();
		socket.disconnect();
	};
}

/** Follows the tasks of all one's projects until the answer is called; `again` after every (re)connection: what was missed is read anew. */
export function followTaskList(listeners: {
	again: () => void;
	changed: (changes: readonly TaskListChange[]) => void;
}): () => void {
	const socket: Socket<ServerEvents, ClientEvents> = io({ path: socketPath, transports: ['websocket'] });
	socket.on('connect', () => {
		socket.emit('taskList.follow');
		listeners.again();
	});
	socket.on('taskList.changed', listeners.changed);
	const stop = comeBack(socket);
	return () => {
		stop();
		socket.disconnect();
	};
}
