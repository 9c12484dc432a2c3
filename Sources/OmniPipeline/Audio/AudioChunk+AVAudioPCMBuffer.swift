#if canImport(AVFAudio)
    public import AVFAudio
    public import OmniCore

    extension AudioChunk {
        /// The audio of a buffer, its channels averaged; `nil` for a buffer whose format is not one of 32-bit floats or
        /// 16-bit integers, not interleaved.
        public init?(_ buffer: AVAudioPCMBuffer) {
            let (frameCount, channelCount) = (Int(buffer.frameLength), Int(buffer.format.channelCount))
            guard channelCount > 0, buffer.format.sampleRate >= 1, !buffer.format.isInterleaved || channelCount == 1
            else { return nil }
            var samples = [Float](repeating: 0, count: frameCount)
            if let channels = unsafe buffer.floatChannelData {
                for channel in 0..<channelCount {
                    for frame in 0..<frameCount { samples[frame] += unsafe channels[channel][frame] }
                }
            } else if let channels = unsafe buffer.int16ChannelData {
                for channel in 0..<channelCount {
                    for frame in 0..<frameCount { samples[frame] += unsafe Float(channels[channel][frame]) / 32_768 }
                }
            } else {
                return nil
            }
            if channelCount > 1 { for frame in 0..<frameCount { samples[frame] /= Float(channelCount) } }
            self.init(samples, sampleRate: Int(buffer.format.sampleRate))
        }

        /// The audio as a buffer of one channel of 32-bit floats.
        ///
        /// - Throws: ``AudioDeviceError/unavailable(device:reason:)`` where the system makes no such buffer.
        public func makePCMBuffer() throws(AudioDeviceError) -> AVAudioPCMBuffer {
            guard let frameCount = AVAudioFrameCount(exactly: samples.count),
                let format = AVAudioFormat(standardFormatWithSampleRate: Double(sampleRate), channels: 1),
                let buffer = AVAudioPCMBuffer(pcmFormat: format, frameCapacity: max(frameCount, 1)),
                let channels = unsafe buffer.floatChannelData
            else {
                throw .unavailable(device: nil, reason: "no buffer of \(samples.count) samples at \(sampleRate) Hz")
            }
            buffer.frameLength = frameCount
            for frame in samples.indices { unsafe channels[0][frame] = samples[frame] }
            return buffer
        }
    }
#endif
