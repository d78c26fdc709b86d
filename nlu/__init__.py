"""What Rasa runs of ours: understanding, the risk screen, the reply maker and the inner channel."""
