"""Gateways (接入网关): the forms, ciphers and signatures in which a platform takes messages."""
