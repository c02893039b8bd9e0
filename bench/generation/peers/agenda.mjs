import { Agenda } from 'agenda';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import { MongoClient } from 'mongodb';
import { createTeller } from './tell.mjs';

const [uri, how, ...numbers] = process.argv.slice(2);
const [concurrency, count] = numbers.map(Number);
const tell = createTeller(count);
const client = await new MongoClient(uri).connect();
const db = client.db();
const agenda = new Agenda({
	backend: new MongoBackend({ mongo: db, collection: 'agendaJobs' }),
	...(how === 'streams'
		? { notificationChannel: new MongoChangeStreamNotificationChannel({ db, collection: 'agendaJobs' }) }
		: {}),
});
agenda.on('error', (error) => console.error(error));
// As it comes it locks whatever waits; held to its places, each freed one would wait for the next look.
agenda.define('empty', async (job) => tell.started(job.attrs.data.id), { concurrency });
agenda.on('complete:empty', () => tell.ended());
await agenda.start();
tell.ready();
