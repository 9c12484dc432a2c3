import OmniCore
import TestSupport
import Testing

@testable import OmniSNAC

@Suite struct FrameLayoutTests {
    private struct Case: Decodable {
        enum Item: Decodable {
            case mark
            case code(Int32)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                self = (try? value.decode(Int32.self)).map(Item.code) ?? .mark
            }
        }
        struct Codes: Decodable {
            var out: [[Int32]]
        }
        var frames: Int?
        var per_frame: Int?
        var flat: [Item]
        var codes: Codes

        /// The codes between the marks that begin a frame.
        var split: [CodeFrame] {
            var frames: [[Int32]] = []
            for item in flat {
                switch item {
                case .mark: frames.append([])
                case .code(let code): frames[frames.count - 1].append(code)
                }
            }
            return frames.map { CodeFrame($0) }
        }
    }

    private struct Helpers: Decodable {
        var reconstruct_tensors: [Case]
    }

    /// The reference's way from marked frames to lists, for every case that it takes (it needs two marks, and knows
    /// frames of 7 and 15 codes).
    @Test func listsAreTheReferences() throws {
        let helpers: Helpers = try Fixture.json("helpers/helpers.json")
        var caseCount = 0
        for test in helpers.reconstruct_tensors {
            guard let frameCount = test.frames, frameCount > 1, let width = test.per_frame, width > 3 else { continue }
            let layout = FrameLayout(strides: width == 7 ? [4, 2, 1] : [8, 4, 2, 1])
            var codes: [[Int32]] = Array(repeating: [], count: layout.codesPerFrame.count)
            for frame in test.split { try layout.append(frame, to: &codes, codebookSize: 4096) }
            #expect(codes == test.codes.out)
            #expect(try layout.frameCount(of: codes) == frameCount)
            #expect((0..<frameCount).map { layout.frame($0, of: codes) } == test.split)
            caseCount += 1
        }
        #expect(caseCount == 6)
    }

    @Test(arguments: [
        ([1], [0]), ([4, 2, 1], [0, 1, 2, 2, 1, 2, 2]), ([2, 1], [0, 1, 1]), ([3, 3, 1], [0, 1, 2, 2, 2]),
        ([8, 4, 2, 1], [0, 1, 2, 3, 3, 2, 3, 3, 1, 2, 3, 3, 2, 3, 3]),
    ])
    func placesAreAWalkOfTheTree(_ strides: [Int], _ codebooks: [Int]) {
        let layout = FrameLayout(strides: strides)
        #expect(layout.places.map(\.codebook) == codebooks)
        for codebook in strides.indices {
            let offsets = layout.places.filter { $0.codebook == codebook }.map(\.offset)
            #expect(offsets == Array(0..<layout.codesPerFrame[codebook]))
        }
    }
}
