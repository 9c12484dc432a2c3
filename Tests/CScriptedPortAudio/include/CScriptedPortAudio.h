// PortAudio without devices: what opens, reads and closes its streams is counted, and so is what PortAudio forbids.
#ifndef C_SCRIPTED_PORT_AUDIO_H
#define C_SCRIPTED_PORT_AUDIO_H
#include <stdbool.h>
#include <stdint.h>

// The address of a function of PortAudio's, 0 for one that is not here.
intptr_t scripted_port_audio_function(const char *name);

// Whether the next streams fail to start.
void scripted_port_audio_refuses_to_start(bool refuses);

// Streams that are open; the library's starts without an end; calls that came while another one was under way, and
// calls for streams that are closed.
int scripted_port_audio_open_count(void);
int scripted_port_audio_start_count(void);
int scripted_port_audio_misuse_count(void);
#endif
