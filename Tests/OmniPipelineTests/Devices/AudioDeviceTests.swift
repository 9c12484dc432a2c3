import OmniCore
import Synchronization
import Testing

@testable import OmniPipeline

@Suite("An audio device")
struct AudioDeviceTests {
    /// Hardware whose callbacks a test calls.
    private final class ScriptedHardware: AudioHardware {
        private let callbacks = Mutex<AudioCallbacks?>(nil)
        let stopCount = Mutex(0)

        func start(_ callbacks: AudioCallbacks) { self.callbacks.withLock { $0 = callbacks } }
        func stop() { stopCount.withLock { $0 += 1 } }
        func use(_ body: (AudioCallbacks) -> Void) { callbacks.withLock { $0.map(body) } }
    }

    private let hardware = ScriptedHardware()

    @Test("captures and plays at the same time")
    func capturesAndPlays() async throws {
        let device = try AudioDevice(hardware: hardware)
        device.player.enqueue(AudioChunk([0.5, 0.25], sampleRate: AudioDevice.sampleRate))
        var rendered = [Float](repeating: 1, count: 3)
        hardware.use { callbacks in
            callbacks.capture([1, 2])
            callbacks.render(&rendered)
            callbacks.capture([3])
            callbacks.end(nil)
        }
        #expect(rendered == [0.5, 0.25, 0])
        var captured: [AudioChunk] = []
        for try await chunk in device.microphone { captured.append(chunk) }
        #expect(captured.flatMap(\.samples) == [1, 2, 3])
        #expect(captured.allSatisfy { $0.sampleRate == 24_000 })
    }

    @Test("hardware that fails ends the microphone with its error")
    func failure() async throws {
        let device = try AudioDevice(hardware: hardware)
        let error = AudioDeviceError.failed(reason: "it was unplugged")
        hardware.use {
            $0.capture([1])
            $0.end(error)
        }
        var microphone = device.microphone.makeAsyncIterator()
        #expect(try await microphone.next()?.samples == [1])
        await #expect(throws: error) { try await microphone.next() }
    }

    @Test("a consumer that falls behind loses audio and not memory")
    func backlog() async throws {
        let device = try AudioDevice(hardware: hardware)
        hardware.use { callbacks in
            for index in 0..<1000 { callbacks.capture([Float(index)]) }
            callbacks.end(nil)
        }
        var count = 0
        for try await chunk in device.microphone {
            #expect(chunk.samples == [Float(count)])
            count += 1
        }
        #expect(count == 500)
    }

    @Test("closing stops the hardware, and so does letting go")
    func closing() throws {
        do {
            let device = try AudioDevice(hardware: hardware)
            device.close()
            #expect(hardware.stopCount.withLock { $0 } == 1)
        }
        #expect(hardware.stopCount.withLock { $0 } == 2)
    }

    @Test(
        "errors say what is missing",
        arguments: [
            (AudioDeviceError.libraryMissing, "PortAudio is not installed (libportaudio2 on Debian and Ubuntu)"),
            (.unavailable(device: 3, reason: "in use"), "audio device 3 cannot be opened: in use"),
            (
                .unavailable(device: nil, reason: "none"),
                "there is no microphone and loudspeaker to open: none"
            ),
        ])
    func errors(_ error: AudioDeviceError, _ text: String) { #expect(error.description == text) }
}
