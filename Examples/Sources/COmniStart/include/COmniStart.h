// What a program does before the libraries that it is linked with begin.
#ifndef COMNISTART_H
#define COMNISTART_H

// OpenBLAS starts its threads when it is loaded, before `main`, and ends the process by SIGINT where the system starts
// none. A program that calls this is instead started once more, with OPENBLAS_NUM_THREADS=1. When its own constructors
// run, SIGINT is what it was when the process began; the call itself has nothing left to do. Too little address space
// ends such a program with a sentence and status 71, before the libraries begin.
void omni_start_finished(void);
#endif
