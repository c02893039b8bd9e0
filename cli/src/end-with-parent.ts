// Loaded into server and worker: when the command that started them is gone, even killed, they close as on SIGTERM.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The listener alone must not keep a finished process alive.
process.channel?.unref();
