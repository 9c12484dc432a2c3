#if !canImport(AVFAudio)
    import CRefusedThreads
    import CScriptedPortAudio
    import Synchronization
    import Testing

    @testable import OmniPipeline

    /// What PortAudio asks of who calls it: one call at a time, and nothing of a stream that is closed.
    @Suite(.serialized, .timeLimit(.minutes(1))) struct PortAudioTests {
        private static func makeHardware() -> PortAudioHardware {
            PortAudioHardware(device: nil) { () throws(AudioDeviceError) in
                try PortAudio { unsafe scripted_port_audio_function($0) }
            }
        }

        private func expectRest() {
            #expect(scripted_port_audio_open_count() == 0 && scripted_port_audio_start_count() == 0)
            #expect(scripted_port_audio_misuse_count() == 0)
        }

        /// When a device was closed, the system has it back, and nothing more is captured.
        @Test func aClosedDeviceIsFree() async throws {
            for _ in 0..<10 {
                let device = try AudioDevice(hardware: Self.makeHardware())
                var microphone = device.microphone.makeAsyncIterator()
                #expect(try await microphone.next()?.samples.isEmpty == false)
                device.close()
                expectRest()
                while try await microphone.next() != nil {}
            }
        }

        @Test func devicesOnSeveralThreads() async throws {
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { @concurrent in
                        for _ in 0..<10 { try AudioDevice(hardware: Self.makeHardware()).close() }
                    }
                }
                try await group.waitForAll()
            }
            expectRest()
        }

        /// Beside another device, which keeps the library going.
        @Test func aDeviceThatDoesNotStart() throws {
            let other = try AudioDevice(hardware: Self.makeHardware())
            scripted_port_audio_refuses_to_start(true)
            defer { scripted_port_audio_refuses_to_start(false) }
            #expect(throws: AudioDeviceError.unavailable(device: nil, reason: "scripted")) {
                try AudioDevice(hardware: Self.makeHardware())
            }
            #expect(scripted_port_audio_open_count() == 1 && scripted_port_audio_start_count() == 1)
            other.close()
            expectRest()
        }

        @Test(.enabled(if: refused_threads_are_available())) func aThreadThatDoesNotStart() throws {
            refuse_threads(true)
            defer { refuse_threads(false) }
            #expect(throws: DedicatedThreadError.self) { try AudioDevice(hardware: Self.makeHardware()) }
            expectRest()
        }
    }
#endif
