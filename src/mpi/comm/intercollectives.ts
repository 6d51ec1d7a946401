export { Comm as InterCollectives } from './comm.js';
