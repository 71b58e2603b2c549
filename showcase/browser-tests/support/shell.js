import { spawn } from 'node:child_process'

const PATIENCE_MILLIS = 60_000

/** Runs a command as somebody would who has copied it, until it has printed this or has ended; answers with what it printed. */
export function run(command, expected) {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let printed = ''
    const stop = () => process.kill(-shell.pid, 'SIGKILL') // and what it has started
    const timer = setTimeout(stop, PATIENCE_MILLIS)
    const take = chunk => {
      printed += chunk
      if (expected.test(printed)) finish(stop)
    }
    const finish = act => {
      clearTimeout(timer)
      shell.removeAllListeners()
      if (shell.exitCode === null && shell.signalCode === null) act()
      resolve(printed)
    }
    shell.stdout.on('data', take)
    shell.stderr.on('data', take)
    shell.on('error', reject)
    shell.on('close', () => finish(() => {}))
  })
}
