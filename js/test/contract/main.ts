import { portOf, serveContract } from './service.js'

const server = await serveContract(Number(process.argv[2] ?? 8000))
console.log(`the contract service listens on http://127.0.0.1:${portOf(server)}`)
