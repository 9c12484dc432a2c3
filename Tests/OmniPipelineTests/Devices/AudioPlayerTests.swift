import OmniCore
import Testing

@testable import OmniPipeline

@Suite("An audio player")
struct AudioPlayerTests {
    private let player = AudioPlayer(sampleRate: 8000)
    private let first = ReplyID(index: 0)
    private let second = ReplyID(index: 1)

    private func chunk(_ samples: [Float]) -> AudioChunk { AudioChunk(samples, sampleRate: 8000) }

    private func render(_ count: Int) -> [Float] {
        var buffer = [Float](repeating: .nan, count: count)
        player.render(into: &buffer)
        return buffer
    }

    @Test("plays chunks in order, across buffers, then silence")
    func order() {
        player.enqueue(chunk([1, 2, 3]), of: first)
        player.enqueue(chunk([4, 5]), of: second)
        #expect(player.queuedDuration == .microseconds(625))
        #expect(render(2) == [1, 2])
        #expect(player.queuedDuration == .microseconds(375))
        #expect(render(4) == [3, 4, 5, 0])
        #expect(render(2) == [0, 0])
        #expect(player.queuedDuration == .zero)
    }

    @Test("a pause is silence and loses nothing")
    func pause() {
        player.enqueue(chunk([1, 2, 3]))
        #expect(render(1) == [1])
        player.pause()
        #expect(render(2) == [0, 0])
        player.resume()
        #expect(render(2) == [2, 3])
    }

    @Test("drops one reply, in the middle of it and after others")
    func drop() {
        player.enqueue(chunk([1, 2, 3]), of: first)
        player.enqueue(chunk([4, 5]), of: second)
        #expect(render(1) == [1])
        player.drop(first)
        #expect(render(1) == [4])
        player.drop(first)
        #expect(render(1) == [5])
        player.enqueue(chunk([6]), of: first)
        player.enqueue(chunk([7]), of: second)
        player.drop(second)
        #expect(render(2) == [6, 0])
        player.enqueue(chunk([8]), of: second)
        player.dropAll()
        #expect(render(1) == [0])
    }

    @Test("follows the events of a conversation")
    func events() {
        player.handle(.reply(first, .audio(chunk([1, 2, 3, 4]))))
        #expect(render(1) == [1])
        player.handle(.replyPaused(first, heard: .zero))
        #expect(render(1) == [0])
        player.handle(.replyResumed(first))
        #expect(render(1) == [2])
        player.handle(.replyPaused(first, heard: .zero))
        player.handle(.replyInterrupted(Interruption(reply: first, heard: .zero, text: "")))
        player.handle(.reply(second, .audio(chunk([5]))))
        #expect(render(2) == [5, 0])
    }

    /// Chunks at another rate give the samples that the whole reply gives, the last ones included.
    @Test("audio at another rate has no seams")
    func resampling() throws {
        let whole = (0..<2400).map { Float(($0 * 37) % 100) / 100 }
        for start in stride(from: 0, to: whole.count, by: 480) {
            player.enqueue(AudioChunk(Array(whole[start..<start + 480]), sampleRate: 24_000), of: first)
        }
        player.finish(first)
        let expected = try AudioChunk(whole, sampleRate: 24_000).resampled(to: 8000).samples
        #expect(expected.count == 800 && render(801) == expected + [0])
        // What comes at a rate that no resampler takes, or is not finite, is left out.
        player.enqueue(AudioChunk([1], sampleRate: 1), of: second)
        player.enqueue(chunk([.nan]), of: second)
        player.enqueue(chunk([2]), of: second)
        #expect(render(2) == [2, 0])
    }
}
