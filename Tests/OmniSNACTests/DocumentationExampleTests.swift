import Foundation
import OmniCore
import OmniSNAC
import TestSupport
import Testing

// The example of the documentation, word for word.
private func speak(_ frames: [CodeFrame], with directory: URL) throws -> [Float] {
    let codec = try SNAC.load(from: directory, noise: .seeded(1))
    var stream = codec.makeStream()
    var samples: [Float] = []
    for frame in frames {
        // `nil` until there is enough context: with this codec the third frame is the first to return samples.
        if let chunk = try stream.push(frame) { samples += chunk.samples }
    }
    if let rest = stream.finish() { samples += rest.samples }
    return samples
}

@Suite struct DocumentationExampleTests {
    @Test func theExampleOfTheOverviewRuns() throws {
        let frames = (0..<5).map { frame in CodeFrame((0..<7).map { Int32(frame * 7 + $0) }) }
        let directory = Fixture.url("tiny/checkpoint/snac")
        let codec = try SNAC.load(from: directory)
        #expect(try speak(frames, with: directory) == codec.decode(frames, noise: .seeded(1)).samples)
    }
}
