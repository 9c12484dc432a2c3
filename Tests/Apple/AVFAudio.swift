// What Omni uses of Apple's AVFAudio, declared as its documentation does: enough for a compiler, nothing to run.
import Foundation

public typealias AVAudioFrameCount = UInt32
public typealias AVAudioNodeBus = Int

public struct AudioBuffer {
    public var mNumberChannels: UInt32
    public var mDataByteSize: UInt32
    @unsafe public var mData: UnsafeMutableRawPointer?
}

@unsafe
public struct AudioBufferList {
    public var mNumberBuffers: UInt32
}

@unsafe
public struct UnsafeMutableAudioBufferListPointer: MutableCollection, RandomAccessCollection {
    public init(_ pointer: UnsafeMutablePointer<AudioBufferList>) {}
    public var startIndex: Int { 0 }
    public var endIndex: Int { 0 }
    public subscript(index: Int) -> AudioBuffer {
        get { fatalError("a declaration") }
        nonmutating set {}
    }
}

extension UnsafeMutableBufferPointer {
    public init(_ buffer: AudioBuffer) { fatalError("a declaration") }
}

public struct AudioTimeStamp {}

open class AVAudioFormat {
    public init?(standardFormatWithSampleRate sampleRate: Double, channels: UInt32) {}
    public var sampleRate: Double { 0 }
    public var channelCount: UInt32 { 0 }
    public var isInterleaved: Bool { false }
}

open class AVAudioTime {}

open class AVAudioBuffer {
    public var format: AVAudioFormat { fatalError("a declaration") }
}

open class AVAudioPCMBuffer: AVAudioBuffer {
    public init?(pcmFormat format: AVAudioFormat, frameCapacity: AVAudioFrameCount) {}
    public var frameLength: AVAudioFrameCount = 0
    public var floatChannelData: UnsafePointer<UnsafeMutablePointer<Float>>? { nil }
    public var int16ChannelData: UnsafePointer<UnsafeMutablePointer<Int16>>? { nil }
}

open class AVAudioNode {
    public init() {}
    public func outputFormat(forBus bus: AVAudioNodeBus) -> AVAudioFormat { fatalError("a declaration") }
    public func installTap(
        onBus bus: AVAudioNodeBus, bufferSize: AVAudioFrameCount, format: AVAudioFormat?,
        block tapBlock: @escaping (AVAudioPCMBuffer, AVAudioTime) -> Void
    ) {}
    public func removeTap(onBus bus: AVAudioNodeBus) {}
}

open class AVAudioInputNode: AVAudioNode {}
open class AVAudioMixerNode: AVAudioNode {}

open class AVAudioSourceNode: AVAudioNode {
    public init(
        format: AVAudioFormat,
        renderBlock:
            @escaping (
                UnsafeMutablePointer<Bool>, UnsafePointer<AudioTimeStamp>, AVAudioFrameCount,
                UnsafeMutablePointer<AudioBufferList>
            ) -> Int32
    ) {}
}

extension NSNotification.Name {
    public static var AVAudioEngineConfigurationChange: NSNotification.Name { .init("a declaration") }
}

open class AVAudioEngine {
    public init() {}
    public var inputNode: AVAudioInputNode { fatalError("a declaration") }
    public var mainMixerNode: AVAudioMixerNode { fatalError("a declaration") }
    public func attach(_ node: AVAudioNode) {}
    public func connect(_ node: AVAudioNode, to other: AVAudioNode, format: AVAudioFormat?) {}
    public func start() throws {}
    public func stop() {}
}

public var noErr: Int32 { 0 }
